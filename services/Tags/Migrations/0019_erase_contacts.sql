-- The erasure of people: see Crm/Erasures. Only numbers and times are left of an erased contact.
ALTER TABLE crm.contact ADD erased_at timestamptz;

-- Erasures, and how far they are. Nothing here says who the person was.
CREATE TABLE crm.erasure (
    account_id      int NOT NULL,
    contact_id      int NOT NULL,
    requested_at    timestamptz NOT NULL,
    actor           text NOT NULL,
    forget_refusals boolean NOT NULL,
    -- The transaction that asked for it: what had begun before it may still write about the person.
    asked_by        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    -- When its next step is tried.
    due_at          timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    PRIMARY KEY (account_id, contact_id)
);

CREATE INDEX erasure_due ON crm.erasure (due_at) WHERE finished_at IS NULL;

-- Refusals that outlive the person's data: a keyed hash of the address (Crm/Contacts/AddressHash.cs). channel: 1 e-mail, 2 SMS.
CREATE TABLE crm.kept_refusal (
    account_id   int NOT NULL,
    channel      smallint NOT NULL,
    address_hash bytea NOT NULL,
    kept_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, channel, address_hash)
);

-- The form under which phone numbers are compared: an optional + and the digits.
CREATE FUNCTION crm.phone_key(phone text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN ltrim(phone) LIKE '+%' THEN '+' ELSE '' END || regexp_replace(phone, '[^0-9]', '', 'g')
$$;

-- What a log keeps of the values of an erased person: numbers, states and times, no text.
CREATE FUNCTION crm.without_person(entry jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(entry) = 'object' THEN (
        SELECT coalesce(jsonb_object_agg(key, CASE
            WHEN key IN ('email_consent_source', 'sms_consent_source') THEN 'null'::jsonb
            WHEN key = 'before' THEN crm.without_person(value)
            ELSE value END), jsonb_build_object())
        FROM jsonb_each(entry)
        WHERE key IN ('email_consent', 'email_consent_source', 'email_consent_at', 'sms_consent', 'sms_consent_source', 'sms_consent_at',
            'do_not_disturb', 'updated_at', 'deleted_at', 'opportunity_id', 'contact_id', 'pipeline_id', 'stage_id', 'previous_stage_id',
            'stage_since', 'status', 'amount', 'opened_on', 'closed_on', 'before'))
        ELSE entry END
$$;

-- Takes out of all tables of this service what tells who a contact was. It is the only way to change the logs, and it needs no clock to move:
-- nothing that it changes matters to an evaluation, because the contact was deleted before.
CREATE FUNCTION crm.erase_contact(erased_account int, erased_contact int) RETURNS void
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
    SET external_id = NULL, email = NULL, email_key = NULL, phone = NULL, first_name = NULL, last_name = NULL, time_zone = NULL,
        language = NULL, fields = '{}', email_consent = 1, email_consent_source = NULL, email_consent_at = NULL, sms_consent = 1,
        sms_consent_source = NULL, sms_consent_at = NULL, do_not_disturb = false
    WHERE account_id = erased_account AND contact_id = erased_contact AND erased_at IS NOT NULL;
END
$$;

-- A contract with the segment service: change it compatibly.
CREATE VIEW crm.segment_erasures AS SELECT account_id, contact_id FROM crm.erasure;

REVOKE EXECUTE ON FUNCTION crm.erase_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION crm.erase_contact TO tagsegments_tags;
GRANT SELECT, INSERT, UPDATE, DELETE ON crm.erasure, crm.kept_refusal TO tagsegments_tags;
GRANT SELECT ON crm.segment_erasures TO tagsegments_segments;
