-- The contacts that were erased: nothing may be written about them any more. asked_by is the transaction that said so; what had begun before it
-- may still write.
CREATE TABLE campaigns.erased_contact (
    account_id int NOT NULL,
    contact_id int NOT NULL,
    erased_at  timestamptz NOT NULL DEFAULT now(),
    asked_by   xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (account_id, contact_id)
);

-- The keys of events are the senders' own words: a hash of them does to find repeats.
UPDATE campaigns.activity_key SET dedupe_key = encode(sha256(convert_to(dedupe_key, 'UTF8')), 'hex');

-- An erased address leaves no history.
CREATE OR REPLACE FUNCTION campaigns.keep_suppression() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed campaigns.suppression := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('campaigns.erasing', true) = 'on' THEN
        RETURN NULL;
    END IF;

    INSERT INTO campaigns.suppression_change (account_id, pos, channel, address_key, added)
    SELECT changed.account_id, coalesce(max(pos), 0), changed.channel, changed.address_key, TG_OP = 'INSERT'
    FROM campaigns.activity_clock WHERE account_id = changed.account_id;
    RETURN NULL;
END
$$;

-- Takes addresses out of the suppression list and its history; channel: 1 e-mail, 2 SMS. Returns whether the list has changed: then the caller
-- moves the clock in the same transaction.
CREATE FUNCTION campaigns.erase_addresses(erased_account int, erased_channel int, keys text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    has_changed boolean;
BEGIN
    PERFORM set_config('campaigns.erasing', 'on', true);
    DELETE FROM campaigns.suppression
    WHERE account_id = erased_account AND channel = erased_channel AND address_key = ANY (keys);
    has_changed := FOUND;
    DELETE FROM campaigns.suppression_change
    WHERE account_id = erased_account AND channel = erased_channel AND address_key = ANY (keys);
    DELETE FROM campaigns.suppression_removal
    WHERE account_id = erased_account AND channel = erased_channel AND address_key = ANY (keys);
    RETURN has_changed;
END
$$;

-- Takes out of the ledger and of activity what tells who a contact was: rows stay, so that campaigns count as before. Returns false, having
-- changed little, while a message to the contact is being sent.
CREATE FUNCTION campaigns.erase_contact(erased_account int, erased_contact int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    -- States 1 and 6: waiting; 7: skipped; reason 9: the contact was deleted; 3: being sent.
    UPDATE campaigns.recipient SET state = 7, reason = 9, due_at = NULL, updated_at = now()
    WHERE account_id = erased_account AND contact_id = erased_contact AND state IN (1, 6);
    IF EXISTS (
        SELECT FROM campaigns.recipient
        WHERE account_id = erased_account AND contact_id = erased_contact AND state = 3) THEN
        RETURN false;
    END IF;

    UPDATE campaigns.recipient SET address = '', address_key = NULL, detail = ''
    WHERE account_id = erased_account AND contact_id = erased_contact AND (address <> '' OR address_key IS NOT NULL OR detail <> '');
    UPDATE campaigns.single_message m SET message = '{}', cause = NULL
    FROM campaigns.recipient r
    WHERE r.account_id = erased_account AND r.contact_id = erased_contact AND r.single
      AND m.account_id = erased_account AND m.message_id = r.campaign_id;

    -- Events of the account's own are about the person only. Of the others the kind and the time stay, and a link that is the message's own text.
    DELETE FROM campaigns.activity WHERE account_id = erased_account AND contact_id = erased_contact AND kind = 9;
    UPDATE campaigns.activity a
    SET properties = NULL, detail = CASE WHEN a.kind = 4 AND EXISTS (
        SELECT FROM campaigns.campaign c
        WHERE c.account_id = erased_account AND c.campaign_id = a.campaign_id AND strpos(c.message::text, a.detail) > 0) THEN a.detail END
    WHERE account_id = erased_account AND contact_id = erased_contact AND (detail IS NOT NULL OR properties IS NOT NULL);
    DELETE FROM campaigns.tag_task WHERE account_id = erased_account AND contact_id = erased_contact;
    DELETE FROM campaigns.consent_task WHERE account_id = erased_account AND contact_id = erased_contact;
    RETURN true;
END
$$;

REVOKE EXECUTE ON FUNCTION campaigns.erase_addresses, campaigns.erase_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns.erase_addresses, campaigns.erase_contact TO tagsegments_campaigns;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.erased_contact TO tagsegments_campaigns;
