-- Senders of messages ask for the addresses whose owners declined.
CREATE INDEX contact_email_declined ON crm.contact (account_id) WHERE email_consent = 3;
CREATE INDEX contact_sms_declined ON crm.contact (account_id) WHERE sms_consent = 3;
