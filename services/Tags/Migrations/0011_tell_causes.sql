-- What explanations of filters tell beside the values: who put a tag on a contact and why, and where a consent came from.
-- The views are contracts with the segment service: change them compatibly.
CREATE OR REPLACE VIEW tags.segment_tag_changes AS
    SELECT account_id, pos, seq, tag_id, op, contact_id, chunk, bits, at, cause_kind, cause_id, cause_detail, actor FROM tags.tag_change;
CREATE OR REPLACE VIEW crm.segment_contacts AS
    SELECT account_id, contact_id, external_id, email, email_key, phone, first_name, last_name, time_zone, language, fields,
           email_consent, sms_consent, do_not_disturb, created_at, updated_at,
           email_consent_source, email_consent_at, sms_consent_source, sms_consent_at
    FROM crm.contact
    WHERE deleted_at IS NULL;
CREATE OR REPLACE VIEW crm.segment_all_contacts AS
    SELECT account_id, contact_id, external_id, email, email_key, phone, first_name, last_name, time_zone, language, fields,
           email_consent, sms_consent, do_not_disturb, created_at, updated_at,
           email_consent_source, email_consent_at, sms_consent_source, sms_consent_at
    FROM crm.contact;
