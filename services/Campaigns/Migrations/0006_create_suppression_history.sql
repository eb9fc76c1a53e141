-- The history of the suppression list, by the position of the activity clock: what filters of the past need.
CREATE TABLE campaigns.suppression_change (
    account_id  int NOT NULL,
    pos         bigint NOT NULL,
    change_id   bigint GENERATED ALWAYS AS IDENTITY,
    channel     smallint NOT NULL,
    address_key text NOT NULL,
    -- True if the address was put on the list, false if it was taken off.
    added       boolean NOT NULL,
    PRIMARY KEY (account_id, pos, change_id)
);

-- Runs at the end of the transaction, which has moved the clock by then and holds it.
CREATE FUNCTION campaigns.keep_suppression() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed campaigns.suppression := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
    INSERT INTO campaigns.suppression_change (account_id, pos, channel, address_key, added)
    SELECT changed.account_id, coalesce(max(pos), 0), changed.channel, changed.address_key, TG_OP = 'INSERT'
    FROM campaigns.activity_clock WHERE account_id = changed.account_id;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER keep_suppression AFTER INSERT OR DELETE ON campaigns.suppression DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION campaigns.keep_suppression();

-- The views are contracts with the segment service: change them compatibly.
CREATE OR REPLACE VIEW campaigns.segment_activity AS
    SELECT account_id, contact_id, at, kind, channel, campaign_id, detail, machine, pos FROM campaigns.activity;
CREATE VIEW campaigns.segment_suppression_changes AS
    SELECT account_id, pos, change_id, channel, address_key, added FROM campaigns.suppression_change;

GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.suppression_change TO tagsegments_campaigns;
GRANT SELECT ON campaigns.segment_suppression_changes TO tagsegments_segments;
