-- As before, but only while the account is being erased: a service cannot delete its own logs by it.
CREATE OR REPLACE FUNCTION campaigns.erase_account_rows(erased_account int, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    target regclass;
    gone bigint;
    total bigint := 0;
BEGIN
    PERFORM crm.require_erasing(erased_account);
    IF NOT pg_try_advisory_xact_lock(hashtext('campaigns.erase_account_rows'), erased_account) THEN
        RETURN NULL;
    END IF;
    -- The only rows that belong to an account without naming it.
    DELETE FROM campaigns.rate USING campaigns.campaign WHERE account_id = erased_account AND rate_key = 'campaign ' || campaign_id;
    FOR target IN
        SELECT c.oid
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'campaigns'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        ORDER BY NOT c.relhastriggers, c.oid
    LOOP
        EXECUTE format('DELETE FROM %1$s WHERE account_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM %1$s WHERE account_id = $1 LIMIT $2))', target)
            USING erased_account, most - total;
        GET DIAGNOSTICS gone = ROW_COUNT;
        total := total + gone;
        EXIT WHEN total >= most;
    END LOOP;
    RETURN total;
END $$;

-- As before, but only what the account does not keep.
CREATE OR REPLACE FUNCTION campaigns.prune_events(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_pos bigint;
BEGIN
    PERFORM crm.require_too_old(pruned_account, 'activityDays', 1, pruned_before);
    IF (SELECT events_from FROM campaigns.activity_clock WHERE account_id = pruned_account) < pruned_before - interval '1 day' THEN
        UPDATE campaigns.activity_clock SET events_from = pruned_before WHERE account_id = pruned_account;
        RETURN;
    END IF;

    -- Kind 9: custom events.
    WITH old AS (
        SELECT a.contact_id, a.at, a.activity_id
        FROM campaigns.activity a
        WHERE a.account_id = pruned_account AND a.kind = 9
          AND a.at < (SELECT events_from FROM campaigns.activity_clock WHERE account_id = pruned_account)
        ORDER BY a.at LIMIT most),
    deleted AS (
        DELETE FROM campaigns.activity a USING old
        WHERE a.account_id = pruned_account AND a.contact_id = old.contact_id AND a.at = old.at AND a.activity_id = old.activity_id
        RETURNING a.pos)
    SELECT max(pos) INTO last_pos FROM deleted;
    UPDATE campaigns.activity_clock SET events_floor = greatest(events_floor, last_pos) WHERE account_id = pruned_account;
END
$$;

-- As before, but only what the account does not keep.
CREATE OR REPLACE FUNCTION campaigns.prune_ledger(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended uuid;
    singles uuid[];
BEGIN
    PERFORM crm.require_too_old(pruned_account, 'ledgerDays', 60, pruned_before);
    SELECT campaign_id INTO ended FROM campaigns.campaign
    WHERE account_id = pruned_account AND ended_at < pruned_before AND NOT is_pruned
    LIMIT 1;
    IF ended IS NOT NULL THEN
        UPDATE campaigns.recipient SET address = '', address_key = NULL, detail = ''
        WHERE account_id = pruned_account AND campaign_id = ended AND contact_id IN (
            SELECT contact_id FROM campaigns.recipient
            WHERE account_id = pruned_account AND campaign_id = ended AND (address <> '' OR address_key IS NOT NULL OR detail <> '')
            LIMIT most);
        IF NOT FOUND THEN
            UPDATE campaigns.campaign SET is_pruned = true WHERE account_id = pruned_account AND campaign_id = ended;
        END IF;

        RETURN;
    END IF;

    SELECT array_agg(message_id) INTO singles FROM (
        SELECT message_id FROM campaigns.single_message
        WHERE account_id = pruned_account AND created_at < pruned_before AND message <> '{}'
        LIMIT most) AS old;
    -- States 1, 3 and 6: not at an end.
    UPDATE campaigns.recipient SET address = '', address_key = NULL, detail = ''
    WHERE account_id = pruned_account AND campaign_id = ANY (singles) AND state NOT IN (1, 3, 6);
    UPDATE campaigns.single_message SET message = '{}', cause = NULL WHERE account_id = pruned_account AND message_id = ANY (singles);
END
$$;

-- Only the function moves the time from which events are kept.
REVOKE INSERT, UPDATE, DELETE ON campaigns.activity_clock FROM tagsegments_campaigns;
GRANT INSERT (account_id, pos, nonce, max_at), UPDATE (pos, nonce, max_at) ON campaigns.activity_clock TO tagsegments_campaigns;
