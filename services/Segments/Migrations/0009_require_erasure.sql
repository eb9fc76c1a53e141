-- As before, but only while the account is being erased: a service cannot delete its own logs by it.
CREATE OR REPLACE FUNCTION segments.erase_account_rows(erased_account int, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    target regclass;
    gone bigint;
    total bigint := 0;
BEGIN
    PERFORM crm.require_erasing(erased_account);
    IF NOT pg_try_advisory_xact_lock(hashtext('segments.erase_account_rows'), erased_account) THEN
        RETURN NULL;
    END IF;
    FOR target IN
        SELECT c.oid
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'segments'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
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
