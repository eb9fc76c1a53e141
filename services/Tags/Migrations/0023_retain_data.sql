-- The times for which an account keeps what: crm.accounts.v1.AccountRetention as JSON. A time that is missing is the installation's default.
ALTER TABLE crm.account ADD retention jsonb NOT NULL DEFAULT '{}';

CREATE OR REPLACE VIEW crm.segment_accounts WITH (security_invoker = true) AS
    SELECT account_id, name, time_zone, week_start, history_from, limits, retention FROM crm.account WHERE erasing_at IS NULL;

CREATE INDEX request_created ON crm.request (created_at);

-- The position up to which the values before changes of contacts and opportunities have been deleted.
CREATE TABLE crm.change_floor (
    account_id int PRIMARY KEY,
    pos        bigint NOT NULL
) WITH (fillfactor = 50);

-- Moves the beginning of an account's history, not more often than every day, or deletes the next values from before it, about `most` rows: so
-- nobody asks for what is being deleted.
CREATE FUNCTION crm.prune_changes(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    floor_pos bigint;
    last_pos bigint;
BEGIN
    IF (SELECT history_from FROM crm.account WHERE account_id = pruned_account) < pruned_before - interval '1 day' THEN
        UPDATE crm.account SET history_from = pruned_before WHERE account_id = pruned_account;
        RETURN;
    END IF;

    SELECT coalesce((SELECT pos FROM crm.change_floor WHERE account_id = pruned_account), 0) INTO floor_pos;
    SELECT max(c.pos) FILTER (WHERE c.at < a.history_from) INTO last_pos
    FROM crm.account a
    CROSS JOIN LATERAL (
        SELECT pos, at FROM crm.contact_change
        WHERE account_id = pruned_account AND pos > floor_pos ORDER BY pos, seq LIMIT most) AS c
    WHERE a.account_id = pruned_account;
    IF last_pos IS NULL THEN
        RETURN;
    END IF;

    -- Kind 5, changes of consent, are proof; kind 3 with the cause 7 says which contacts are one person.
    DELETE FROM crm.opportunity_change o
    WHERE o.account_id = pruned_account AND o.pos <= last_pos AND o.opportunity_id IN (
        SELECT (c.before ->> 'opportunity_id')::int FROM crm.contact_change c
        WHERE c.account_id = pruned_account AND c.pos > floor_pos AND c.pos <= last_pos AND c.kind = 6);
    DELETE FROM crm.contact_change
    WHERE account_id = pruned_account AND pos > floor_pos AND pos <= last_pos AND kind <> 5 AND NOT (kind = 3 AND cause_kind = 7);
    INSERT INTO crm.change_floor AS f (account_id, pos) VALUES (pruned_account, last_pos)
    ON CONFLICT (account_id) DO UPDATE SET pos = greatest(f.pos, excluded.pos);
END
$$;

REVOKE EXECUTE ON FUNCTION crm.prune_changes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crm.prune_changes TO tagsegments_tags;
GRANT SELECT ON crm.change_floor TO tagsegments_tags, tagsegments_tags_work;
GRANT SELECT (account_id, pos, at) ON crm.contact_change TO tagsegments_tags_work;
GRANT SELECT (retention) ON crm.account TO tagsegments_segments, tagsegments_segments_work;
