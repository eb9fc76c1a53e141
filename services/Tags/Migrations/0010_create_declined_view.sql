-- The addresses of all contacts that declined, by channel (1 e-mail, 2 SMS). Deleting a contact does not lift that for its address, a later
-- consent of a living contact that has the address does. A contract with the segment service: change it compatibly.
CREATE VIEW crm.segment_declined AS
    SELECT account_id, 1 AS channel, email AS address
    FROM crm.contact d
    WHERE email_consent = 3 AND email IS NOT NULL
      AND (deleted_at IS NULL OR NOT EXISTS (
        SELECT FROM crm.contact s
        WHERE s.account_id = d.account_id AND s.email_key = d.email_key AND s.email_consent = 2 AND s.deleted_at IS NULL
          AND s.email_consent_at >= d.email_consent_at))
    UNION ALL
    SELECT account_id, 2 AS channel, phone AS address
    FROM crm.contact d
    WHERE sms_consent = 3 AND phone IS NOT NULL
      AND (deleted_at IS NULL OR NOT EXISTS (
        SELECT FROM crm.contact s
        WHERE s.account_id = d.account_id AND s.phone = d.phone AND s.sms_consent = 2 AND s.deleted_at IS NULL
          AND s.sms_consent_at >= d.sms_consent_at));

GRANT SELECT ON crm.segment_declined TO tagsegments_tags, tagsegments_segments;
