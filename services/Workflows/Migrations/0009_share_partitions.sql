-- Accounts are shared out by partition, their number modulo 256: what a process does to hold its share does not grow with the number of accounts.
-- `process` and `lease`, by which accounts were shared out one by one, serve processes of the version before until they have ended.
CREATE TABLE workflows.worker (
    worker_id   uuid PRIMARY KEY,
    alive_until timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE workflows.partition (
    partition_id int PRIMARY KEY,
    holder       uuid
) WITH (fillfactor = 50);

INSERT INTO workflows.partition (partition_id) SELECT generate_series(0, 255);

-- The position of the account's clock up to which the feed was handled. A clock that is further has news.
ALTER TABLE workflows.cursor ADD seen bigint NOT NULL DEFAULT 0;

-- When the account's segments are read next, if any starts a workflow, and the earliest time for it after an event.
ALTER TABLE workflows.account
    ADD look_at timestamptz,
    ADD look_after timestamptz NOT NULL DEFAULT '-infinity';

UPDATE workflows.account SET look_at = now() WHERE account_id IN (
    SELECT account_id FROM workflows.workflow_version WHERE active_until IS NULL AND definition @? '$.triggers[*].segmentEntered');

CREATE INDEX account_look ON workflows.account (look_at) WHERE look_at IS NOT NULL;

-- What is due next in all accounts: runs that have just started, wait or are tried again. All others are due as soon as their process gets to them.
CREATE INDEX run_timer ON workflows.run (due_at) WHERE due_at IS NOT NULL AND (step = 1 OR attempt > 1 OR state = 2);

GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.worker, workflows.partition TO tagsegments_workflows;
