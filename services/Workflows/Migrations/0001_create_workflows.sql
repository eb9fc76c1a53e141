-- Workflows, their versions and the runs of contacts through them. Owned by the workflow service.
CREATE SCHEMA workflows;

-- Definitions are crm.workflows.v1.Definition as protobuf JSON. state: those of crm.workflows.v1.Workflow.State.
CREATE TABLE workflows.workflow (
    account_id        int NOT NULL,
    workflow_id       uuid NOT NULL,
    name              text NOT NULL,
    description       text NOT NULL DEFAULT '',
    draft             jsonb NOT NULL,
    revision          bigint NOT NULL DEFAULT 1,
    state             smallint NOT NULL DEFAULT 1,
    published_version int NOT NULL DEFAULT 0,
    -- The tags that the draft or the latest version refers to.
    tag_ids           int[] NOT NULL DEFAULT '{}',
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    published_at      timestamptz,
    PRIMARY KEY (account_id, workflow_id)
);

CREATE UNIQUE INDEX workflow_name ON workflows.workflow (account_id, name COLLATE "C");

-- A version never changes. It takes the events committed from active_from until active_until by the database's clock, so "which version
-- does this event start" has one answer however late the event is handled.
CREATE TABLE workflows.workflow_version (
    account_id     int NOT NULL,
    workflow_id    uuid NOT NULL,
    version        int NOT NULL,
    definition     jsonb NOT NULL,
    active_from    timestamptz NOT NULL,
    active_until   timestamptz,
    published_by   text NOT NULL,
    -- The loops that were accepted when it was published.
    accepted_loops text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (account_id, workflow_id, version)
);

-- The accounts that have ever published a workflow. Everything that enrols contacts or publishes locks the account's row, so enrolments of
-- an account happen one after the other, each under versions that stand still.
CREATE TABLE workflows.account (
    account_id     int PRIMARY KEY,
    name           text NOT NULL,
    -- Moved on by everything that changes which versions take events.
    generation     bigint NOT NULL DEFAULT 1
) WITH (fillfactor = 50);

-- Which process reads an account's feeds and carries out its runs. It spares work and decides nothing: cursors move by compare-and-set, and
-- runs by their step, so two processes that both believe to hold an account do no harm.
CREATE TABLE workflows.lease (
    account_id int PRIMARY KEY,
    holder     uuid,
    held_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

-- The secret by which an account's webhook notifications are signed.
CREATE TABLE workflows.webhook_secret (
    account_id int PRIMARY KEY,
    secret     text NOT NULL
);

-- How far a feed was handled: moved in the transaction of the enrolments. feed: 1 tags, 2 contacts, 3 activities.
CREATE TABLE workflows.cursor (
    account_id int NOT NULL,
    feed       smallint NOT NULL,
    position   text NOT NULL,
    PRIMARY KEY (account_id, feed)
) WITH (fillfactor = 50);

-- One row for each event that matched a workflow, also where a rule kept the contact from starting.
-- state: those of crm.workflows.v1.Run.State.
CREATE TABLE workflows.run (
    account_id   int NOT NULL,
    run_id       uuid NOT NULL,
    workflow_id  uuid NOT NULL,
    version      int NOT NULL,
    contact_id   int NOT NULL,
    event_id     text NOT NULL,
    state        smallint NOT NULL,
    -- 1 for what single events started, 2 for bulk operations and imports: so that a big one does not hold up the others.
    lane         smallint NOT NULL,
    node_id      text NOT NULL DEFAULT '',
    -- The place of the node's visit in the run. With the run and the node it makes the request id of the action.
    step         int NOT NULL DEFAULT 1,
    attempt      int NOT NULL DEFAULT 1,
    -- When the run goes on; null once it has ended or is parked.
    due_at       timestamptz,
    reason       text NOT NULL DEFAULT '',
    cause_kind   smallint NOT NULL DEFAULT 0,
    cause_id     text NOT NULL DEFAULT '',
    cause_detail text NOT NULL DEFAULT '',
    -- The workflows that led to the event, first one first.
    cause_chain  text[] NOT NULL DEFAULT '{}',
    started_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    PRIMARY KEY (account_id, run_id)
) WITH (fillfactor = 70);

-- Exactly one run per event and workflow, whatever happens to cursors.
CREATE UNIQUE INDEX run_event ON workflows.run (account_id, event_id, workflow_id);
-- What is due next: waiting runs cost an index entry and nothing else.
CREATE INDEX run_due ON workflows.run (account_id, lane, due_at) WHERE due_at IS NOT NULL;
-- Re-entry rules, exits and a contact's history.
CREATE INDEX run_contact ON workflows.run (account_id, contact_id, workflow_id);
CREATE INDEX run_workflow ON workflows.run (account_id, workflow_id, run_id);

-- The history of runs: one row for each attempt. outcome: those of crm.workflows.v1.Step.Outcome.
CREATE TABLE workflows.step (
    account_id int NOT NULL,
    run_id     uuid NOT NULL,
    step       int NOT NULL,
    attempt    int NOT NULL,
    node_id    text NOT NULL,
    input      text NOT NULL,
    outcome    smallint NOT NULL,
    detail     text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, run_id, step, attempt)
);

-- Answers to calls with a request_id, kept so that a repeated call has one effect.
CREATE TABLE workflows.request (
    account_id   int NOT NULL,
    principal    text NOT NULL,
    method       text NOT NULL,
    request_id   text NOT NULL,
    payload_hash bytea NOT NULL,
    response     bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, principal, method, request_id)
);

GRANT USAGE ON SCHEMA workflows TO tagsegments_workflows;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA workflows TO tagsegments_workflows;
