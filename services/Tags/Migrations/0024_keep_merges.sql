-- The contact that a merged contact is now; null for the living and for contacts that were deleted without a merge. The log says the same, but not
-- in a form that can be followed.
ALTER TABLE crm.contact ADD merged_into int;

-- Kind 3: deleted, 4: restored. Cause 7: a merge, which names the contact.
UPDATE crm.contact c
SET merged_into = substring(m.cause_detail FROM '^into contact ([0-9]{1,9})$')::int
FROM (
    SELECT DISTINCT ON (account_id, contact_id) account_id, contact_id, kind, cause_kind, cause_detail
    FROM crm.contact_change
    WHERE kind IN (3, 4)
    ORDER BY account_id, contact_id, pos DESC, seq DESC) AS m
WHERE c.account_id = m.account_id AND c.contact_id = m.contact_id AND c.deleted_at IS NOT NULL AND m.kind = 3 AND m.cause_kind = 7;
