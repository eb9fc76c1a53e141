-- Custom events from before `events_from` have been deleted, up to the position `events_floor` of the feed.
ALTER TABLE campaigns.activity_clock
    ADD events_from timestamptz NOT NULL DEFAULT '-infinity',
    ADD events_floor bigint NOT NULL DEFAULT 0;

-- The view is a contract with the segment service: change it compatibly.
CREATE OR REPLACE VIEW campaigns.segment_activity_clock WITH (security_invoker = true) AS
    SELECT account_id, pos, nonce, floor, max_at, events_from FROM campaigns.activity_clock;

-- Whether the addresses of the campaign's ledger have been deleted.
ALTER TABLE campaigns.campaign ADD is_pruned boolean NOT NULL DEFAULT false;

CREATE INDEX campaign_ended ON campaigns.campaign (ended_at) WHERE ended_at IS NOT NULL AND NOT is_pruned;
CREATE INDEX single_message_kept ON campaigns.single_message (created_at) WHERE message <> '{}';

-- Moves the time from which the custom events of an account are kept, not more often than every day, or deletes the next ones from before it, at
-- most `most`: so nobody asks for what is being deleted.
CREATE FUNCTION campaigns.prune_events(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    last_pos bigint;
BEGIN
    IF (SELECT events_from FROM campaigns.activity_clock WHERE account_id = pruned_account) < pruned_before - interval '1 day' THEN
        UPDATE campaigns.activity_clock SET events_from = pruned_before WHERE account_id = pruned_account;
        RETURN;
    END IF;

    -- Kind 9: custom events.
    WITH old AS (
        SELECT a.contact_id, a.at, a.activity_id
        FROM campaigns.activity a
        WHERE a.account_id = pruned_account AND a.kind = 9
          AND a.at < (SELECT events_from FROM campaigns.activity_clock WHERE account_id = pruned_account)
        ORDER BY a.at LIMIT most),
    deleted AS (
        DELETE FROM campaigns.activity a USING old
        WHERE a.account_id = pruned_account AND a.contact_id = old.contact_id AND a.at = old.at AND a.activity_id = old.activity_id
        RETURNING a.pos)
    SELECT max(pos) INTO last_pos FROM deleted;
    UPDATE campaigns.activity_clock SET events_floor = greatest(events_floor, last_pos) WHERE account_id = pruned_account;
END
$$;

-- Deletes addresses and answers of the next recipients of a campaign of an account that ended before an instant, at most `most`; the last time, it
-- marks the campaign. Then come single messages. The rows stay, so that all counts do.
CREATE FUNCTION campaigns.prune_ledger(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    ended uuid;
    singles uuid[];
BEGIN
    SELECT campaign_id INTO ended FROM campaigns.campaign
    WHERE account_id = pruned_account AND ended_at < pruned_before AND NOT is_pruned
    LIMIT 1;
    IF ended IS NOT NULL THEN
        UPDATE campaigns.recipient SET address = '', address_key = NULL, detail = ''
        WHERE account_id = pruned_account AND campaign_id = ended AND contact_id IN (
            SELECT contact_id FROM campaigns.recipient
            WHERE account_id = pruned_account AND campaign_id = ended AND (address <> '' OR address_key IS NOT NULL OR detail <> '')
            LIMIT most);
        IF NOT FOUND THEN
            UPDATE campaigns.campaign SET is_pruned = true WHERE account_id = pruned_account AND campaign_id = ended;
        END IF;

        RETURN;
    END IF;

    SELECT array_agg(message_id) INTO singles FROM (
        SELECT message_id FROM campaigns.single_message
        WHERE account_id = pruned_account AND created_at < pruned_before AND message <> '{}'
        LIMIT most) AS old;
    -- States 1, 3 and 6: not at an end.
    UPDATE campaigns.recipient SET address = '', address_key = NULL, detail = ''
    WHERE account_id = pruned_account AND campaign_id = ANY (singles) AND state NOT IN (1, 3, 6);
    UPDATE campaigns.single_message SET message = '{}', cause = NULL WHERE account_id = pruned_account AND message_id = ANY (singles);
END
$$;

REVOKE EXECUTE ON FUNCTION campaigns.prune_events, campaigns.prune_ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns.prune_events, campaigns.prune_ledger TO tagsegments_campaigns;
GRANT SELECT (account_id, created_at) ON campaigns.request TO tagsegments_campaigns_work;
GRANT SELECT (account_id, kind, at) ON campaigns.activity TO tagsegments_campaigns_work;
