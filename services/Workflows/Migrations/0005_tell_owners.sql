-- Who is told when runs of a workflow need somebody to look at them.
ALTER TABLE workflows.workflow ADD owner_email text NOT NULL DEFAULT '';

-- Runs of a workflow that were parked (state 3) or stopped as loops (state 8) and of which the owner has not been told yet; written in the
-- transaction that parks or stops them, so none is forgotten.
CREATE TABLE workflows.notice (
    account_id  int NOT NULL,
    workflow_id uuid NOT NULL,
    state       smallint NOT NULL,
    runs        int NOT NULL,
    -- The last one of them, as an example.
    run_id      uuid NOT NULL,
    -- Not before; so that many runs make one message.
    due_at      timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (account_id, workflow_id, state)
) WITH (fillfactor = 50);

CREATE INDEX notice_due ON workflows.notice (due_at) WHERE runs > 0;
-- How many runs of a workflow need somebody to look at them.
CREATE INDEX run_attention ON workflows.run (account_id, workflow_id, state) WHERE state IN (3, 8);

GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.notice TO tagsegments_workflows;
