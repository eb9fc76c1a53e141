-- The deletion of accounts. An account that was deleted can be restored until its erasure begins; then nobody finds it by its name any more, the
-- services erase what they have of it and report it, and at last this service erases the rest.
ALTER TABLE crm.account ADD deleted_at timestamptz, ADD erasing_at timestamptz;
CREATE INDEX account_deleted ON crm.account (account_id) WHERE deleted_at IS NOT NULL;

CREATE OR REPLACE VIEW crm.segment_accounts WITH (security_invoker = true) AS
    SELECT account_id, name, time_zone, week_start, history_from, limits FROM crm.account WHERE erasing_at IS NULL;

-- The services that have erased everything that they had of an account.
CREATE TABLE crm.account_erasure (
    account_id int NOT NULL,
    service    text NOT NULL,
    PRIMARY KEY (account_id, service)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON crm.account_erasure TO tagsegments_tags;
GRANT SELECT ON crm.account_erasure TO tagsegments_tags_work;
GRANT SELECT (erasing_at) ON crm.account TO tagsegments_segments, tagsegments_segments_work;

-- Erases up to `most` rows of an account, of every table that has an account, also of logs that nobody else can delete from. Null if another
-- process is at it. Tables with triggers come first, because those write to others; the last row, the account itself, stays.
CREATE FUNCTION crm.erase_account_rows(erased_account int, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    target regclass;
    gone bigint;
    total bigint := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM crm.account WHERE account_id = erased_account AND erasing_at IS NOT NULL) THEN
        RAISE EXCEPTION 'account % is not being erased', erased_account;
    ELSIF NOT pg_try_advisory_xact_lock(hashtext('crm.erase_account_rows'), erased_account) THEN
        RETURN NULL;
    END IF;
    FOR target IN
        SELECT c.oid
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
        WHERE c.relnamespace IN ('crm'::regnamespace, 'tags'::regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.oid NOT IN ('crm.account'::regclass, 'crm.account_erasure'::regclass)
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
REVOKE EXECUTE ON FUNCTION crm.erase_account_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crm.erase_account_rows TO tagsegments_tags;
