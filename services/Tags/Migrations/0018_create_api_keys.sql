-- The API keys of programs: crm.accounts.v1.ApiKey. The text of a key is stored nowhere, only its SHA-256.
CREATE TABLE crm.api_key (
    account_id   int NOT NULL,
    key_id       int NOT NULL,
    name         text NOT NULL,
    hash         bytea NOT NULL,
    permissions  text NOT NULL,     -- names between spaces, as in the claim `scope`
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    last_used_at timestamptz,       -- to the minute
    revoked_at   timestamptz,
    PRIMARY KEY (account_id, key_id)
);

CREATE UNIQUE INDEX api_key_name ON crm.api_key (account_id, name) WHERE revoked_at IS NULL;

-- What a service needs to check keys. A contract with the segment service: change it compatibly.
CREATE VIEW crm.segment_api_keys AS
    SELECT account_id, key_id, name, hash, permissions, expires_at, last_used_at FROM crm.api_key WHERE revoked_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON crm.api_key TO tagsegments_tags;
GRANT SELECT ON crm.segment_api_keys TO tagsegments_tags, tagsegments_segments;
