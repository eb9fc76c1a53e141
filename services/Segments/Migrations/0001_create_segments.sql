-- Saved segments and what they refer to. Owned by the segment service.
CREATE SCHEMA segments;

-- The definition clock of an account: moved on by every transaction that changes a segment. Its row is locked before anything is
-- read for such a change, so two of them cannot each add one half of a cycle of references.
CREATE TABLE segments.clock (
    account_id int PRIMARY KEY,
    pos        bigint NOT NULL,
    nonce      uuid NOT NULL
) WITH (fillfactor = 50);

-- filter: crm.segments.v1.Filter in the JSON form of protobuf.
CREATE TABLE segments.segment (
    account_id  int NOT NULL,
    segment_id  uuid NOT NULL,
    name        text NOT NULL,
    description text NOT NULL DEFAULT '',
    filter      jsonb NOT NULL,
    version     int NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (account_id, segment_id)
);

CREATE UNIQUE INDEX segment_name ON segments.segment (account_id, name COLLATE "C");

-- Every filter a segment ever had; kept when the segment is deleted, for campaigns that name the version they were sent to.
CREATE TABLE segments.segment_version (
    account_id int NOT NULL,
    segment_id uuid NOT NULL,
    version    int NOT NULL,
    name       text NOT NULL,
    filter     jsonb NOT NULL,
    author     text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, segment_id, version)
);

-- What the current filter of a segment refers to, so that where-used is a query. kind: 'tag', 'field', 'segment', 'campaign'; target: its id.
CREATE TABLE segments.reference (
    account_id int NOT NULL,
    segment_id uuid NOT NULL,
    kind       text NOT NULL,
    target     text NOT NULL,
    PRIMARY KEY (account_id, segment_id, kind, target)
);

CREATE INDEX reference_target ON segments.reference (account_id, kind, target);

-- Answers to calls with a request_id, kept so that a repeated call has one effect.
CREATE TABLE segments.request (
    account_id   int NOT NULL,
    principal    text NOT NULL,
    method       text NOT NULL,
    request_id   text NOT NULL,
    payload_hash bytea NOT NULL,
    response     bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, principal, method, request_id)
);

GRANT USAGE ON SCHEMA segments TO tagsegments_segments;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA segments TO tagsegments_segments;
