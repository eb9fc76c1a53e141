-- Senders take recipients in batches: the lease and the fence are the batch's, so that taking a thousand messages is a change of two rows,
-- and the rows of the ledger change only when a message leaves and when its outcome is known.

-- Tells installations apart: what a process keeps on its disk belongs to one of them.
CREATE TABLE campaigns.installation (installation_id uuid PRIMARY KEY DEFAULT gen_random_uuid());
INSERT INTO campaigns.installation DEFAULT VALUES;

CREATE TABLE campaigns.batch (
    account_id    int NOT NULL,
    campaign_id   uuid NOT NULL,
    batch_id      int NOT NULL,
    -- The recipients between these numbers, both included, that are of its part.
    first_contact int NOT NULL,
    last_contact  int NOT NULL,
    -- 0 everybody, 1 those who get a variant of an A/B test, 2 the rest, which waits for the winner with due_at = 'infinity'.
    part          smallint NOT NULL DEFAULT 0,
    -- Whether it is the batch of a single message, where campaign_id is the message's own id.
    single        boolean NOT NULL DEFAULT false,
    due_at        timestamptz NOT NULL DEFAULT now(),
    -- Whoever holds the lease sends the batch. The fence grows with each lease: a sender that lost its lease changes nothing.
    fence         bigint NOT NULL DEFAULT 0,
    lease_until   timestamptz,
    -- The journal of the process that has it.
    holder        uuid,
    PRIMARY KEY (account_id, campaign_id, batch_id)
) WITH (fillfactor = 50);

CREATE INDEX batch_due ON campaigns.batch (account_id, campaign_id, due_at) WHERE lease_until IS NULL;
CREATE INDEX batch_single_due ON campaigns.batch (due_at) WHERE single AND lease_until IS NULL;
CREATE INDEX batch_lease ON campaigns.batch (lease_until) WHERE lease_until IS NOT NULL;

-- Accepted recipients that are still to be tagged.
CREATE TABLE campaigns.tag_task (
    account_id  int NOT NULL,
    campaign_id uuid NOT NULL,
    contact_id  int NOT NULL,
    PRIMARY KEY (account_id, campaign_id, contact_id)
);
INSERT INTO campaigns.tag_task SELECT account_id, campaign_id, contact_id FROM campaigns.recipient WHERE state = 4 AND NOT tagged;

-- What waits, in batches of 500.
INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, part, single, due_at)
SELECT account_id, campaign_id, row_number() OVER (PARTITION BY account_id, campaign_id), first_contact, last_contact, part, single, due_at
FROM (
    SELECT account_id, campaign_id, min(contact_id) AS first_contact, max(contact_id) AS last_contact, part, bool_or(single) AS single,
        min(due_at) AS due_at
    FROM (
        SELECT r.account_id, r.campaign_id, contact_id, r.single, due_at,
            CASE WHEN c.ab_test IS NULL THEN 0 WHEN variant > 0 THEN 1 ELSE 2 END AS part,
            row_number() OVER (PARTITION BY r.account_id, r.campaign_id, variant > 0 ORDER BY contact_id) / 500 AS n
        FROM campaigns.recipient r
        LEFT JOIN campaigns.campaign c USING (account_id, campaign_id)
        WHERE r.state IN (1, 2, 3, 6)
    ) waiting
    GROUP BY account_id, campaign_id, part, n
) cut;

DROP INDEX campaigns.recipient_address, campaigns.recipient_due, campaigns.recipient_single_due, campaigns.recipient_leased,
    campaigns.recipient_untagged;

-- address_key is null for those left out when the audience was frozen. No index has a column that changes when a message is sent, and
-- every page has room for a second version of its rows: so these changes touch no index.
ALTER TABLE campaigns.recipient
    DROP COLUMN lease_until, DROP COLUMN tagged,
    ALTER COLUMN address_key DROP NOT NULL, ALTER COLUMN address_key DROP DEFAULT,
    ALTER COLUMN due_at DROP NOT NULL, ALTER COLUMN due_at DROP DEFAULT,
    SET (fillfactor = 50);
UPDATE campaigns.recipient
SET state = CASE state WHEN 2 THEN 1 WHEN 3 THEN 8 ELSE state END, reason = CASE state WHEN 3 THEN 14 ELSE reason END,
    address_key = CASE WHEN state <> 7 THEN address_key END, due_at = CASE WHEN state = 6 THEN due_at END;

-- One message per campaign and address; also finds the messages that an unsubscribe concerns.
CREATE UNIQUE INDEX recipient_address ON campaigns.recipient (account_id, channel, address_key, campaign_id);

-- How far the messages per minute of a limit are used up.
CREATE TABLE campaigns.rate (
    -- `total`, `campaign <id>` or `domain <name>`.
    rate_key   text PRIMARY KEY,
    used_until timestamptz NOT NULL
) WITH (fillfactor = 50);

GRANT SELECT ON campaigns.installation TO tagsegments_campaigns;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.batch, campaigns.tag_task, campaigns.rate TO tagsegments_campaigns;
