-- Two checks for functions that delete, with their owners' rights, from logs that nobody else can delete from: whoever may call them for the work
-- of the service must not be able to make what was done disappear. They are a contract with the other services: change them compatibly.

-- Throws unless an account is being erased.
CREATE FUNCTION crm.require_erasing(checked_account int) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM crm.account WHERE account_id = checked_account AND erasing_at IS NOT NULL) THEN
        RAISE EXCEPTION 'account % is not being erased', checked_account;
    END IF;
END
$$;

-- Throws if something from before an instant may be young enough to be kept: the time is that of the account, by its name in the JSON of
-- crm.accounts.v1.AccountRetention, or else the shortest time that an account can have. The installation's time is in the service's
-- configuration. Clocks differ by less than an hour.
CREATE FUNCTION crm.require_too_old(checked_account int, kind text, least_days int, before timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    days int := coalesce((SELECT (retention ->> kind)::int FROM crm.account WHERE account_id = checked_account), least_days);
BEGIN
    -- 0 is for ever.
    IF days = 0 OR (before <= now() - make_interval(days => days) + interval '1 hour') IS NOT TRUE THEN
        RAISE EXCEPTION 'account % keeps what is from before %', checked_account, before;
    END IF;
END
$$;

-- As before, but only what the account does not keep.
CREATE OR REPLACE FUNCTION crm.prune_changes(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    floor_pos bigint;
    last_pos bigint;
BEGIN
    PERFORM crm.require_too_old(pruned_account, 'changeDays', 1, pruned_before);
    IF (SELECT history_from FROM crm.account WHERE account_id = pruned_account) < pruned_before - interval '1 day' THEN
        UPDATE crm.account SET history_from = pruned_before WHERE account_id = pruned_account;
        RETURN;
    END IF;

    SELECT coalesce((SELECT pos FROM crm.change_floor WHERE account_id = pruned_account), 0) INTO floor_pos;
    SELECT max(c.pos) FILTER (WHERE c.at < a.history_from) INTO last_pos
    FROM crm.account a
    CROSS JOIN LATERAL (
        SELECT pos, at FROM crm.contact_change
        WHERE account_id = pruned_account AND pos > floor_pos ORDER BY pos, seq LIMIT most) AS c
    WHERE a.account_id = pruned_account;
    IF last_pos IS NULL THEN
        RETURN;
    END IF;

    -- Kind 5, changes of consent, are proof; kind 3 with the cause 7 says which contacts are one person.
    DELETE FROM crm.opportunity_change o
    WHERE o.account_id = pruned_account AND o.pos <= last_pos AND o.opportunity_id IN (
        SELECT (c.before ->> 'opportunity_id')::int FROM crm.contact_change c
        WHERE c.account_id = pruned_account AND c.pos > floor_pos AND c.pos <= last_pos AND c.kind = 6);
    DELETE FROM crm.contact_change
    WHERE account_id = pruned_account AND pos > floor_pos AND pos <= last_pos AND kind <> 5 AND NOT (kind = 3 AND cause_kind = 7);
    INSERT INTO crm.change_floor AS f (account_id, pos) VALUES (pruned_account, last_pos)
    ON CONFLICT (account_id) DO UPDATE SET pos = greatest(f.pos, excluded.pos);
END
$$;

-- As before, but only what the account does not keep.
CREATE OR REPLACE FUNCTION crm.prune_admin_events(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM crm.require_too_old(pruned_account, 'auditDays', 90, pruned_before);
    DELETE FROM crm.admin_event
    WHERE account_id = pruned_account AND event_id IN (
        SELECT event_id FROM crm.admin_event WHERE account_id = pruned_account AND at < pruned_before LIMIT most);
END
$$;
