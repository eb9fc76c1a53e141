-- Filters ask for the properties of custom events, and explanations show them.
-- The view is a contract with the segment service: change it compatibly.
CREATE OR REPLACE VIEW campaigns.segment_activity AS
    SELECT account_id, contact_id, at, kind, channel, campaign_id, detail, machine, pos, properties FROM campaigns.activity;

-- Events are asked for by name; without this, all custom events of the account were read to find those of one name.
CREATE INDEX activity_event ON campaigns.activity (account_id, detail, at) WHERE kind = 9;
