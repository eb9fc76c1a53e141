-- As before, but only while the account is being erased: a service cannot delete its own logs by it.
CREATE OR REPLACE FUNCTION workflows.erase_account_rows(erased_account int, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    target regclass;
    gone bigint;
    total bigint := 0;
BEGIN
    PERFORM crm.require_erasing(erased_account);
    IF NOT pg_try_advisory_xact_lock(hashtext('workflows.erase_account_rows'), erased_account) THEN
        RETURN NULL;
    END IF;
    FOR target IN
        SELECT c.oid
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'workflows'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
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
CREATE OR REPLACE FUNCTION workflows.prune_runs(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    runs uuid[];
BEGIN
    PERFORM crm.require_too_old(pruned_account, 'runDays', 1, pruned_before);
    SELECT array_agg(run_id) INTO runs FROM (
        SELECT run_id FROM workflows.run
        WHERE account_id = pruned_account AND ended_at < pruned_before AND NOT is_pruned
        LIMIT most) AS old;
    DELETE FROM workflows.step WHERE account_id = pruned_account AND run_id = ANY (runs);
    UPDATE workflows.run
    SET is_pruned = true, reason = '', cause_detail = '', cause_id = CASE WHEN cause_kind = 1 THEN '' ELSE cause_id END
    WHERE account_id = pruned_account AND run_id = ANY (runs);
END
$$;
