-- A/B tests of messages.
ALTER TABLE campaigns.campaign
    -- crm.campaigns.v1.AbTest as protobuf JSON, without what is output only.
    ADD COLUMN ab_test jsonb,
    -- When the winner is chosen; set once every message of the test was tried.
    ADD COLUMN ab_decide_at timestamptz,
    -- The winning variant, from 1; 0 for none yet.
    ADD COLUMN ab_winner smallint NOT NULL DEFAULT 0,
    ADD COLUMN ab_decision text NOT NULL DEFAULT '';

-- The variant that a recipient gets, from 1. 0 for the rest of the audience, which gets the winner, and where there is no test. The rest
-- waits with due_at = 'infinity', which is due when the winner is chosen.
ALTER TABLE campaigns.recipient ADD COLUMN variant smallint NOT NULL DEFAULT 0;

CREATE INDEX campaign_testing ON campaigns.campaign (ab_decide_at) WHERE state = 4 AND ab_test IS NOT NULL AND ab_winner = 0;
