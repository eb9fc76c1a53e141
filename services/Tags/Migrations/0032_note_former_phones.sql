-- Processes of a version that knows no phone_key write contacts while versions change. They leave the column out, so their phones are noticed and keyed
-- again, as their e-mail addresses are: see 0026_key_addresses.
ALTER TABLE crm.contact ALTER phone_key SET DEFAULT '?';

CREATE FUNCTION crm.note_former_phone() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('crm.keyed_contact', true) = NEW.contact_id::text THEN
        RETURN NEW;
    END IF;

    NEW.phone_key := NULL;
    IF NEW.phone IS NOT NULL THEN
        UPDATE crm.account SET rekey_after = 0, rekey_round = rekey_round + 1 WHERE account_id = NEW.account_id;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER note_former_phone_of_new BEFORE INSERT ON crm.contact FOR EACH ROW
    WHEN (NEW.phone_key = '?') EXECUTE FUNCTION crm.note_former_phone();

-- The present version sets the key with the phone. Triggers fire in the order of their names.
CREATE FUNCTION crm.keep_phone_key() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM set_config('crm.keyed_contact', NEW.contact_id::text, true);
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_phone_key BEFORE UPDATE OF phone_key ON crm.contact FOR EACH ROW
    WHEN (OLD.phone IS DISTINCT FROM NEW.phone) EXECUTE FUNCTION crm.keep_phone_key();
CREATE TRIGGER note_former_phone BEFORE UPDATE OF phone ON crm.contact FOR EACH ROW
    WHEN (OLD.phone IS DISTINCT FROM NEW.phone) EXECUTE FUNCTION crm.note_former_phone();
