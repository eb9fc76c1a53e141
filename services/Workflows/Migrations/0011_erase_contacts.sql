-- The contacts that were erased: they start no runs any more. asked_by is the transaction that said so; what had begun before it may still write.
CREATE TABLE workflows.erased_contact (
    account_id int NOT NULL,
    contact_id int NOT NULL,
    erased_at  timestamptz NOT NULL DEFAULT now(),
    asked_by   xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (account_id, contact_id)
);

-- Ends the runs of a contact and takes out of them what tells who it was. Nobody enrols contacts of the account meanwhile.
CREATE FUNCTION workflows.erase_contact(erased_account int, erased_contact int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM FROM workflows.account WHERE account_id = erased_account FOR UPDATE;
    UPDATE workflows.backlog SET bits = set_bit(bits, erased_contact % 16384, 0)
    WHERE account_id = erased_account AND chunk = erased_contact / 16384 AND get_bit(bits, erased_contact % 16384) = 1;
    DELETE FROM workflows.backlog
    WHERE account_id = erased_account AND chunk = erased_contact / 16384 AND bit_count(bits) = 0;

    -- State 3: parked; 6: cancelled. The causes that users gave (kind 1) are their own words.
    UPDATE workflows.run
    SET state = CASE WHEN due_at IS NOT NULL OR state = 3 THEN 6 ELSE state END,
        ended_at = CASE WHEN due_at IS NOT NULL OR state = 3 THEN now() ELSE ended_at END,
        due_at = NULL, watching = false, reason = '', cause_detail = '', cause_id = CASE WHEN cause_kind = 1 THEN '' ELSE cause_id END
    WHERE account_id = erased_account AND contact_id = erased_contact;
    UPDATE workflows.step s SET input = '', detail = ''
    FROM workflows.run r
    WHERE r.account_id = erased_account AND r.contact_id = erased_contact
      AND s.account_id = erased_account AND s.run_id = r.run_id AND (s.input <> '' OR s.detail <> '');
END
$$;

REVOKE EXECUTE ON FUNCTION workflows.erase_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workflows.erase_contact TO tagsegments_workflows;
GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.erased_contact TO tagsegments_workflows;
