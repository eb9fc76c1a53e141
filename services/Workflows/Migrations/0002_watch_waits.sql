-- A run that waits may watch its contact: for the condition of its node or the goals of its workflow. Something that happens to the
-- contact makes it due at once.
ALTER TABLE workflows.run
    ADD watching boolean NOT NULL DEFAULT false,
    -- When the wait ends at the latest; null outside waits, infinity for ever.
    ADD expires_at timestamptz,
    -- Moved on by what makes it due, so that a look from before does not put it to sleep again.
    ADD wakes int NOT NULL DEFAULT 0;

UPDATE workflows.run SET expires_at = due_at WHERE state = 2;

CREATE INDEX run_watching ON workflows.run (account_id, contact_id) WHERE watching;

-- Who was in a segment when it was last looked at, as a sorted array: those who are in it and not here have entered it.
CREATE TABLE workflows.segment_members (
    account_id  int NOT NULL,
    segment_id  uuid NOT NULL,
    contact_ids int[] NOT NULL,
    -- How often it was looked at; names the entries, so that each starts a workflow once.
    looks       bigint NOT NULL DEFAULT 1,
    looked_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, segment_id)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.segment_members TO tagsegments_workflows;
