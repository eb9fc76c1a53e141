-- One person, one address: see services/Addresses. The country of phone numbers without a country code; empty if the account has none.
ALTER TABLE crm.account ADD country text NOT NULL DEFAULT '';

-- The keys of an account's contacts are made again after this contact number; null if they are up to date. The first round is that of this
-- migration; each change of the rule begins another.
ALTER TABLE crm.account ADD rekey_after int, ADD rekey_round int NOT NULL DEFAULT 0;
UPDATE crm.account SET rekey_after = 0;
CREATE INDEX account_rekey ON crm.account (account_id) WHERE rekey_after IS NOT NULL;

-- email_key: the local part composed and case folded, the domain in ASCII. phone_key: E.164, only where it is not what crm.phone_key makes of
-- the phone, so that most contacts need none.
ALTER TABLE crm.contact ADD phone_key text;

-- A change of the rule: the account's country, or its contact field with the key "country" (Crm/Contacts/PhoneRule.cs).
CREATE FUNCTION crm.begin_rekeying() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_TABLE_NAME = 'account' THEN
        NEW.rekey_after := 0;
        NEW.rekey_round := OLD.rekey_round + 1;
        RETURN NEW;
    END IF;
    UPDATE crm.account SET rekey_after = 0, rekey_round = rekey_round + 1 WHERE account_id = NEW.account_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER begin_rekeying BEFORE UPDATE OF country ON crm.account FOR EACH ROW
    WHEN (OLD.country <> NEW.country) EXECUTE FUNCTION crm.begin_rekeying();
CREATE TRIGGER begin_rekeying AFTER UPDATE ON crm.field FOR EACH ROW
    WHEN ('country' IN (OLD.key, NEW.key) AND (OLD.key, OLD.deleted_at) IS DISTINCT FROM (NEW.key, NEW.deleted_at))
    EXECUTE FUNCTION crm.begin_rekeying();

-- Former versions of the service only lowered the case of an address and know no phone_key. What they write while versions change is keyed again.
CREATE FUNCTION crm.note_former_key() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.phone IS DISTINCT FROM OLD.phone AND NEW.phone_key IS NOT DISTINCT FROM OLD.phone_key THEN
        NEW.phone_key := NULL;
    END IF;
    UPDATE crm.account SET rekey_after = 0, rekey_round = rekey_round + 1 WHERE account_id = NEW.account_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER note_former_key_of_new BEFORE INSERT ON crm.contact FOR EACH ROW
    WHEN (octet_length(NEW.email_key) <> length(NEW.email_key) AND NEW.email_key ~ '@.*[^\u0001-\u007f]') EXECUTE FUNCTION crm.note_former_key();
CREATE TRIGGER note_former_key BEFORE UPDATE ON crm.contact FOR EACH ROW
    WHEN (octet_length(NEW.email_key) <> length(NEW.email_key) AND NEW.email_key ~ '@.*[^\u0001-\u007f]' AND NEW.email_key IS DISTINCT FROM OLD.email_key
        OR NEW.phone_key = OLD.phone_key
            AND regexp_replace(NEW.phone, '[^0-9]', '', 'g') <> regexp_replace(OLD.phone, '[^0-9]', '', 'g'))
    EXECUTE FUNCTION crm.note_former_key();

-- The views are contracts with the segment service: change them compatibly.
CREATE OR REPLACE VIEW crm.segment_contacts AS
    SELECT account_id, contact_id, external_id, email, email_key, phone, first_name, last_name, time_zone, language, fields,
           email_consent, sms_consent, do_not_disturb, created_at, updated_at,
           email_consent_source, email_consent_at, sms_consent_source, sms_consent_at, phone_key
    FROM crm.contact
    WHERE deleted_at IS NULL;
CREATE OR REPLACE VIEW crm.segment_all_contacts AS
    SELECT account_id, contact_id, external_id, email, email_key, phone, first_name, last_name, time_zone, language, fields,
           email_consent, sms_consent, do_not_disturb, created_at, updated_at,
           email_consent_source, email_consent_at, sms_consent_source, sms_consent_at, phone_key
    FROM crm.contact;
CREATE OR REPLACE VIEW crm.segment_declined AS
    SELECT account_id, 1 AS channel, email AS address, contact_id
    FROM crm.contact d
    WHERE email_consent = 3 AND email IS NOT NULL
      AND (deleted_at IS NULL OR NOT EXISTS (
        SELECT FROM crm.contact s
        WHERE s.account_id = d.account_id AND s.email_key = d.email_key AND s.email_consent = 2 AND s.deleted_at IS NULL
          AND s.email_consent_at >= d.email_consent_at))
    UNION ALL
    SELECT account_id, 2 AS channel, coalesce(phone_key, phone) AS address, contact_id
    FROM crm.contact d
    WHERE sms_consent = 3 AND phone IS NOT NULL
      AND (deleted_at IS NULL OR NOT EXISTS (
        SELECT FROM crm.contact s
        WHERE s.account_id = d.account_id AND coalesce(s.phone_key, crm.phone_key(s.phone)) = coalesce(d.phone_key, crm.phone_key(d.phone))
          AND s.sms_consent = 2 AND s.deleted_at IS NULL AND s.sms_consent_at >= d.sms_consent_at));
-- A phone has no index of its own otherwise: the view looks for the consent of another contact with the same number.
CREATE INDEX contact_phone_subscribed ON crm.contact (account_id, coalesce(phone_key, crm.phone_key(phone))) WHERE sms_consent = 2 AND deleted_at IS NULL;

-- Takes out of all tables of this service what tells who a contact was. It is the only way to change the logs, and it needs no clock to move:
-- nothing that it changes matters to an evaluation, because the contact was deleted before.
CREATE OR REPLACE FUNCTION crm.erase_contact(erased_account int, erased_contact int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    deals int[];
BEGIN
    -- The opportunities that were the contact's last.
    SELECT coalesce(array_agg(opportunity_id), '{}') INTO deals
    FROM crm.opportunity o
    WHERE o.account_id = erased_account AND (o.contact_id = erased_contact OR (o.contact_id IS NULL AND o.opportunity_id IN (
        SELECT (c.before ->> 'opportunity_id')::int FROM crm.contact_change c
        WHERE c.account_id = erased_account AND c.contact_id = erased_contact AND c.kind = 6)));

    UPDATE crm.opportunity SET name = NULL, external_id = NULL, fields = '{}'
    WHERE account_id = erased_account AND opportunity_id = ANY (deals);
    UPDATE crm.opportunity_change SET before = crm.without_person(before)
    WHERE account_id = erased_account AND opportunity_id = ANY (deals);

    -- The causes that users gave are their own words. cause_kind 1: a user.
    UPDATE crm.contact_change
    SET before = crm.without_person(before), cause_id = CASE WHEN cause_kind <> 1 THEN cause_id END,
        cause_detail = CASE WHEN cause_kind <> 1 THEN cause_detail END
    WHERE account_id = erased_account AND contact_id = erased_contact;
    UPDATE tags.tag_change SET cause_id = NULL, cause_detail = NULL
    WHERE account_id = erased_account AND chunk = erased_contact / 16384 AND contact_id = erased_contact AND cause_kind = 1;
    DELETE FROM tags.tag_expiry WHERE account_id = erased_account AND contact_id = erased_contact;

    UPDATE crm.contact
    SET external_id = NULL, email = NULL, email_key = NULL, phone = NULL, phone_key = NULL, first_name = NULL, last_name = NULL, time_zone = NULL,
        language = NULL, fields = '{}', email_consent = 1, email_consent_source = NULL, email_consent_at = NULL, sms_consent = 1,
        sms_consent_source = NULL, sms_consent_at = NULL, do_not_disturb = false
    WHERE account_id = erased_account AND contact_id = erased_contact AND erased_at IS NOT NULL;
END
$$;
