-- Erases up to `most` rows of an account, of every table that has an account, also of logs that nobody else can delete from. Null if another
-- process is at it. Tables with triggers come first, because those write to others.
CREATE FUNCTION campaigns.erase_account_rows(erased_account int, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    target regclass;
    gone bigint;
    total bigint := 0;
BEGIN
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
REVOKE EXECUTE ON FUNCTION campaigns.erase_account_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns.erase_account_rows TO tagsegments_campaigns;
