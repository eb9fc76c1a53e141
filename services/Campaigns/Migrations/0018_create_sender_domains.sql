-- The domains that accounts may send from. A domain counts once the TXT record _tagsegments.<domain> has been seen with the token.
CREATE TABLE campaigns.sender_domain (
    account_id    int NOT NULL,
    -- In lower case and ASCII.
    domain        text NOT NULL,
    token         text NOT NULL,
    -- What the last check found wrong.
    problem       text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    -- Null while it does not count.
    verified_at   timestamptz,
    checked_at    timestamptz,
    -- Since when the record of a verified domain has been missing.
    missing_since timestamptz,
    PRIMARY KEY (account_id, domain)
);
CREATE INDEX sender_domain_due ON campaigns.sender_domain (checked_at) WHERE verified_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.sender_domain TO tagsegments_campaigns;
