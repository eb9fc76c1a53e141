-- The CRM record: accounts, contacts, custom fields, opportunities, consent. Owned by the tag service.
CREATE SCHEMA crm;

CREATE TABLE crm.account (
    account_id   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL UNIQUE,
    time_zone    text NOT NULL DEFAULT 'UTC',
    week_start   smallint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- The next free number of each kind ('contact', 'tag', 'field', 'pipeline', 'stage', 'opportunity') in an account. Numbers are taken in
-- a transaction of their own: gaps are harmless, a lock held to the end of a long transaction is not.
CREATE TABLE crm.id_block (
    account_id int NOT NULL,
    kind       text NOT NULL,
    next_id    int NOT NULL,
    PRIMARY KEY (account_id, kind)
) WITH (fillfactor = 50);

-- The account clock. The last statement of every transaction that changes contacts, tags or opportunities moves it on, so the row lock
-- makes the order of positions the order of commits. The nonce tells positions of different histories apart (fail-over, restore).
-- Nothing older than `floor` is kept in the change logs.
CREATE TABLE crm.clock (
    account_id int PRIMARY KEY,
    pos        bigint NOT NULL,
    nonce      uuid NOT NULL,
    floor      bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- One row for each position of the clock.
CREATE TABLE crm.commit (
    account_id   int NOT NULL,
    pos          bigint NOT NULL,
    nonce        uuid NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, pos)
);

-- Consent and do-not-disturb: states are those of crm.contacts.v1.Consent (1 never, 2 subscribed, 3 unsubscribed).
CREATE TABLE crm.contact (
    account_id           int NOT NULL,
    contact_id           int NOT NULL,
    external_id          text,
    email                text,
    -- The normalised address: trimmed, lower case. Suppression and the de-duplication of recipients use it.
    email_key            text,
    phone                text,
    first_name           text,
    last_name            text,
    time_zone            text,
    language             text,
    -- Custom field values by field number: {"12": "Rural", "13": 4.5, "14": true, "15": ["a", "b"]}; dates as text, "2026-11-23";
    -- date-times as text in UTC, "2026-11-23T10:00:00.000000Z". A field without a value has no key.
    fields               jsonb NOT NULL DEFAULT '{}',
    email_consent        smallint NOT NULL DEFAULT 1,
    email_consent_source text,
    email_consent_at     timestamptz,
    sms_consent          smallint NOT NULL DEFAULT 1,
    sms_consent_source   text,
    sms_consent_at       timestamptz,
    do_not_disturb       boolean NOT NULL DEFAULT false,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    deleted_at           timestamptz,
    version              bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, contact_id)
);

CREATE UNIQUE INDEX contact_external_id ON crm.contact (account_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX contact_email_key ON crm.contact (account_id, email_key) WHERE email_key IS NOT NULL;

-- What happened to contacts, by clock position: the audit trail, the change feed, the input of every index and of time travel.
-- kind: 1 created, 2 updated, 3 deleted, 4 restored, 5 consent changed, 6 opportunity created or moved or otherwise changed, 7 imported.
CREATE TABLE crm.contact_change (
    account_id   int NOT NULL,
    pos          bigint NOT NULL,
    seq          int NOT NULL,
    contact_id   int NOT NULL,
    kind         smallint NOT NULL,
    -- The values before the change of what changed: {"email": "old", "fields": {"12": "old", "13": null}, ...}; null for creations.
    -- For kind 6: {"opportunity_id": 5, "pipeline_id": 1, "stage_id": 3, "previous_stage_id": 2, ...}.
    before       jsonb,
    cause_kind   smallint NOT NULL,
    cause_id     text,
    cause_detail text,
    cause_chain  text[],
    actor        text,
    skip_workflows boolean NOT NULL DEFAULT false,
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, pos, seq)
);

CREATE INDEX contact_change_contact ON crm.contact_change (account_id, contact_id, pos);

-- target: 1 contact, 2 opportunity. type: those of crm.contacts.v1.Field.Type.
CREATE TABLE crm.field (
    account_id  int NOT NULL,
    field_id    int NOT NULL,
    target      smallint NOT NULL,
    key         text NOT NULL,
    type        smallint NOT NULL,
    choices     text[] NOT NULL DEFAULT '{}',
    description text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    PRIMARY KEY (account_id, field_id)
);

CREATE UNIQUE INDEX field_key ON crm.field (account_id, target, key) WHERE deleted_at IS NULL;

CREATE TABLE crm.pipeline (
    account_id  int NOT NULL,
    pipeline_id int NOT NULL,
    name        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, pipeline_id),
    UNIQUE (account_id, name)
);

CREATE TABLE crm.stage (
    account_id  int NOT NULL,
    stage_id    int NOT NULL,
    pipeline_id int NOT NULL,
    name        text NOT NULL,
    ordinal     int NOT NULL,
    PRIMARY KEY (account_id, stage_id),
    UNIQUE (account_id, pipeline_id, name)
);

-- status: 1 open, 2 won, 3 lost. An orphan has no contact.
CREATE TABLE crm.opportunity (
    account_id     int NOT NULL,
    opportunity_id int NOT NULL,
    external_id    text,
    contact_id     int,
    name           text,
    pipeline_id    int NOT NULL,
    stage_id       int NOT NULL,
    status         smallint NOT NULL DEFAULT 1,
    amount         numeric,
    opened_on      date,
    closed_on      date,
    fields         jsonb NOT NULL DEFAULT '{}',
    stage_since    timestamptz NOT NULL DEFAULT now(),
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    version        bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, opportunity_id)
);

CREATE UNIQUE INDEX opportunity_external_id ON crm.opportunity (account_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX opportunity_contact ON crm.opportunity (account_id, contact_id);

CREATE TABLE crm.stage_change (
    account_id     int NOT NULL,
    opportunity_id int NOT NULL,
    at             timestamptz NOT NULL,
    stage_id       int NOT NULL,
    PRIMARY KEY (account_id, opportunity_id, at)
);

-- Answers to calls with a request_id, kept so that a repeated call has one effect.
CREATE TABLE crm.request (
    account_id   int NOT NULL,
    principal    text NOT NULL,
    method       text NOT NULL,
    request_id   text NOT NULL,
    payload_hash bytea NOT NULL,
    response     bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, principal, method, request_id)
);

-- The views are contracts with the segment service: change them compatibly.
CREATE VIEW crm.segment_accounts AS SELECT account_id, name, time_zone, week_start FROM crm.account;
CREATE VIEW crm.segment_clock AS SELECT account_id, pos, nonce, floor FROM crm.clock;
CREATE VIEW crm.segment_commits AS SELECT account_id, pos, nonce, committed_at FROM crm.commit;
CREATE VIEW crm.segment_fields AS SELECT account_id, field_id, target, key, type, choices, deleted_at FROM crm.field;
CREATE VIEW crm.segment_pipelines AS SELECT account_id, pipeline_id, name FROM crm.pipeline;
CREATE VIEW crm.segment_stages AS SELECT account_id, stage_id, pipeline_id, name FROM crm.stage;
-- Living contacts only.
CREATE VIEW crm.segment_contacts AS
    SELECT account_id, contact_id, external_id, email, email_key, phone, first_name, last_name, time_zone, language, fields,
           email_consent, sms_consent, do_not_disturb, created_at, updated_at
    FROM crm.contact
    WHERE deleted_at IS NULL;
-- Orphans are left out: they match no contact.
CREATE VIEW crm.segment_opportunities AS
    SELECT account_id, opportunity_id, contact_id, name, pipeline_id, stage_id, status, amount, opened_on, closed_on, fields, stage_since
    FROM crm.opportunity
    WHERE contact_id IS NOT NULL;
CREATE VIEW crm.segment_contact_changes AS
    SELECT account_id, pos, seq, contact_id, kind, before, at FROM crm.contact_change;

GRANT USAGE ON SCHEMA crm TO tagsegments_tags, tagsegments_segments;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA crm TO tagsegments_tags;
GRANT SELECT ON crm.segment_accounts, crm.segment_clock, crm.segment_commits, crm.segment_fields, crm.segment_pipelines,
    crm.segment_stages, crm.segment_contacts, crm.segment_opportunities, crm.segment_contact_changes TO tagsegments_segments;
