-- The addresses of people who work with an account. Test messages and notices go to them, once their owner has followed the link in the mail
-- that asked.
CREATE TABLE campaigns.team_address (
    account_id   int NOT NULL,
    -- The one in the link: an address that is removed and added again gets another.
    address_id   uuid NOT NULL,
    channel      smallint NOT NULL,
    address      text NOT NULL,
    address_key  text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- When the owner was last asked; the link counts for a week.
    asked_at     timestamptz,
    confirmed_at timestamptz,
    PRIMARY KEY (account_id, channel, address_key)
);
CREATE UNIQUE INDEX team_address_id ON campaigns.team_address (account_id, address_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.team_address TO tagsegments_campaigns;

-- For whom a message is: 0 the contact, 1 a team address that tries it, 2 a team address that is told something, 3 an address that is asked to join
-- the team. 2 and 3 have no contact: its number is 0.
ALTER TABLE campaigns.single_message ADD COLUMN kind smallint NOT NULL DEFAULT 0;
-- The name of the campaign whose message is tried.
ALTER TABLE campaigns.single_message ADD COLUMN campaign_name text NOT NULL DEFAULT '';
CREATE INDEX single_message_team ON campaigns.single_message (account_id, created_at, kind) WHERE kind <> 0;

-- As before, and takes addresses out of the team. What was sent there stays in the ledger without the address and the text.
CREATE OR REPLACE FUNCTION campaigns.erase_addresses(erased_account int, erased_channel int, keys text[]) RETURNS boolean
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
    DELETE FROM campaigns.team_address
    WHERE account_id = erased_account AND channel = erased_channel AND address_key = ANY (keys);
    -- States 1 and 6: waiting; 7: skipped; reason 9: deleted.
    WITH erased AS (
        UPDATE campaigns.recipient r
        SET state = CASE WHEN r.state IN (1, 6) THEN 7 ELSE r.state END, reason = CASE WHEN r.state IN (1, 6) THEN 9 ELSE r.reason END,
            due_at = NULL, address = '', address_key = NULL, detail = '', updated_at = now()
        FROM campaigns.single_message m
        WHERE m.account_id = erased_account AND m.kind <> 0 AND r.account_id = erased_account AND r.campaign_id = m.message_id
          AND r.channel = erased_channel AND coalesce(r.address_key, lower(r.address)) = ANY (keys)
        RETURNING r.campaign_id
    )
    UPDATE campaigns.single_message m SET message = '{}' FROM erased WHERE m.account_id = erased_account AND m.message_id = erased.campaign_id;
    RETURN has_changed;
END
$$;
