-- Finds what is too old without reading the trail.
CREATE INDEX admin_event_at ON crm.admin_event (at, account_id);

-- Deletes events of an account from before an instant, at most `most` of them. Nobody deletes them in another way.
CREATE FUNCTION crm.prune_admin_events(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM crm.admin_event
    WHERE account_id = pruned_account AND event_id IN (
        SELECT event_id FROM crm.admin_event WHERE account_id = pruned_account AND at < pruned_before LIMIT most)
$$;

REVOKE EXECUTE ON FUNCTION crm.prune_admin_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crm.prune_admin_events TO tagsegments_tags;
GRANT SELECT (account_id, at) ON crm.admin_event TO tagsegments_tags_work;
