-- Whether a bounce is hard (1) or soft (2): crm.activity.v1.Activity.Bounce. Null for what nobody said, and for all that was recorded before.
ALTER TABLE campaigns.activity ADD COLUMN bounce smallint;

-- The view is a contract with the segment service: change it compatibly.
CREATE OR REPLACE VIEW campaigns.segment_activity AS
    SELECT account_id, contact_id, at, kind, channel, campaign_id, detail, machine, pos, properties, bounce FROM campaigns.activity;
