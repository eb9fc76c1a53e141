-- The living processes of this service: each renews its row every second. Accounts are spread over them.
CREATE TABLE workflows.process (
    process_id  uuid PRIMARY KEY,
    alive_until timestamptz NOT NULL
) WITH (fillfactor = 50);

-- A lease is held for as long as its holder lives, so nothing has to be renewed for each account.
ALTER TABLE workflows.lease DROP COLUMN held_until;

-- Which accounts have segments to look at.
CREATE INDEX version_segment_entered ON workflows.workflow_version (account_id)
    WHERE active_until IS NULL AND definition @? '$.triggers[*].segmentEntered';

GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.process TO tagsegments_workflows;
