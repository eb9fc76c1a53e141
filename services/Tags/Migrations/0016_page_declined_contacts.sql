-- Those who declined are read page by page, in the order of their numbers.
CREATE OR REPLACE VIEW crm.segment_declined AS
    SELECT account_id, 1 AS channel, email AS address, contact_id
    FROM crm.contact d
    WHERE email_consent = 3 AND email IS NOT NULL
      AND (deleted_at IS NULL OR NOT EXISTS (
        SELECT FROM crm.contact s
        WHERE s.account_id = d.account_id AND s.email_key = d.email_key AND s.email_consent = 2 AND s.deleted_at IS NULL
          AND s.email_consent_at >= d.email_consent_at))
    UNION ALL
    SELECT account_id, 2 AS channel, phone AS address, contact_id
    FROM crm.contact d
    WHERE sms_consent = 3 AND phone IS NOT NULL
      AND (deleted_at IS NULL OR NOT EXISTS (
        SELECT FROM crm.contact s
        WHERE s.account_id = d.account_id AND s.phone = d.phone AND s.sms_consent = 2 AND s.deleted_at IS NULL
          AND s.sms_consent_at >= d.sms_consent_at));

DROP INDEX crm.contact_email_declined, crm.contact_sms_declined;
CREATE INDEX contact_email_declined ON crm.contact (account_id, contact_id) WHERE email_consent = 3;
CREATE INDEX contact_sms_declined ON crm.contact (account_id, contact_id) WHERE sms_consent = 3;
