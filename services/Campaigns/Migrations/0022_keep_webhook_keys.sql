-- The keys by which accounts' own mail providers are known. secret is sealed with Keys:Secrets.
CREATE TABLE campaigns.webhook_key (
    account_id   int NOT NULL,
    provider     text NOT NULL,
    account_name text NOT NULL,
    secret       text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, provider)
);

-- A provider calls by the name of the account.
CREATE UNIQUE INDEX webhook_key_name ON campaigns.webhook_key (account_name, provider);

GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.webhook_key TO tagsegments_campaigns;
-- A caller is found by the name of its account, and secrets are sealed anew when the key is exchanged.
GRANT SELECT, UPDATE ON campaigns.webhook_key TO tagsegments_campaigns_work;
