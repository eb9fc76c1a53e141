-- Campaigns, their recipients and single messages. State and reason numbers are those of crm.campaigns.v1.
CREATE TABLE campaigns.campaign (
    account_id          int NOT NULL,
    campaign_id         uuid NOT NULL,
    -- The account's name, by which other services know it; it never changes.
    account_name        text NOT NULL,
    name                text NOT NULL,
    description         text NOT NULL DEFAULT '',
    channel             smallint NOT NULL,
    -- crm.campaigns.v1.Message, Audience and Schedule as protobuf JSON.
    message             jsonb NOT NULL,
    audience            jsonb NOT NULL,
    schedule            jsonb,
    recipient_tag_ids   int[] NOT NULL DEFAULT '{}',
    messages_per_minute int NOT NULL DEFAULT 0,
    -- The saved segments that the audience refers to: where-used is a query.
    segment_ids         uuid[] NOT NULL DEFAULT '{}',
    state               smallint NOT NULL,
    problem             text NOT NULL DEFAULT '',
    version             int NOT NULL DEFAULT 1,
    run_at              timestamptz,
    -- Whoever prepares the campaign holds the lease; results carry the fence, so a preparer that lost its lease changes nothing.
    fence               bigint NOT NULL DEFAULT 0,
    lease_until         timestamptz,
    -- Set in the transaction that freezes the audience.
    evaluated_at        timestamptz,
    segment_versions    jsonb,
    ended_at            timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, campaign_id),
    UNIQUE (account_id, name)
);

CREATE INDEX campaign_due ON campaigns.campaign (run_at) WHERE state IN (2, 3);
CREATE INDEX campaign_sending ON campaigns.campaign (account_id, campaign_id) WHERE state = 4;

-- The ledger: one row for each recipient of a campaign, also for those left out, and for each single message, where campaign_id is the
-- message's own id. Each row reaches exactly one end state: 4 accepted, 5 failed, 7 skipped or 8 unknown.
CREATE TABLE campaigns.recipient (
    account_id  int NOT NULL,
    campaign_id uuid NOT NULL,
    contact_id  int NOT NULL,
    channel     smallint NOT NULL,
    single      boolean NOT NULL DEFAULT false,
    address     text NOT NULL DEFAULT '',
    address_key text NOT NULL DEFAULT '',
    state       smallint NOT NULL,
    reason      smallint NOT NULL DEFAULT 0,
    -- Grows with each claim. A sender that lost its claim changes nothing.
    fence       bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    due_at      timestamptz NOT NULL DEFAULT now(),
    attempts    int NOT NULL DEFAULT 0,
    detail      text NOT NULL DEFAULT '',
    -- False while the contact is still to be tagged, once the message is accepted.
    tagged      boolean NOT NULL DEFAULT true,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz,
    PRIMARY KEY (account_id, campaign_id, contact_id)
) WITH (fillfactor = 80);

-- One message per campaign and address; also finds the messages that an unsubscribe concerns.
CREATE UNIQUE INDEX recipient_address ON campaigns.recipient (account_id, channel, address_key, campaign_id) WHERE state <> 7;
CREATE INDEX recipient_due ON campaigns.recipient (account_id, campaign_id, due_at) WHERE state IN (1, 6);
CREATE INDEX recipient_single_due ON campaigns.recipient (due_at) WHERE state IN (1, 6) AND single;
CREATE INDEX recipient_leased ON campaigns.recipient (account_id, campaign_id, lease_until) WHERE state IN (2, 3);
CREATE INDEX recipient_untagged ON campaigns.recipient (account_id, campaign_id) WHERE state = 4 AND NOT tagged;

CREATE TABLE campaigns.single_message (
    account_id   int NOT NULL,
    message_id   uuid NOT NULL,
    account_name text NOT NULL,
    -- crm.campaigns.v1.Message as protobuf JSON.
    message      jsonb NOT NULL,
    -- The campaign as whose message it counts.
    campaign_id  uuid,
    cause        jsonb,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, message_id)
);

-- Unsubscribes that the contact service has not been told yet. The suppression list already holds the address.
CREATE TABLE campaigns.consent_task (
    account_id   int NOT NULL,
    contact_id   int NOT NULL,
    channel      smallint NOT NULL,
    account_name text NOT NULL,
    source       text NOT NULL,
    at           timestamptz NOT NULL,
    due_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, contact_id, channel)
);

-- A contract with the segment service: change it compatibly.
CREATE VIEW campaigns.segment_campaigns AS SELECT account_id, campaign_id, name FROM campaigns.campaign;

GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.campaign, campaigns.recipient, campaigns.single_message, campaigns.consent_task
    TO tagsegments_campaigns;
GRANT SELECT ON campaigns.segment_campaigns TO tagsegments_segments;
