-- Counts the drafts of an account (state 1) up to its limit.
CREATE INDEX campaign_draft ON campaigns.campaign (account_id) WHERE state = 1;
