-- Events of bulk operations that matched a workflow and have not become runs yet: the contacts as bits of their chunk of 16,384, and what their
-- runs have in common. So a big operation is taken from the feed at once, single events behind it are not held up, and its runs are made as
-- they can be carried out. Entries come out in their order; what concerns a contact and a workflow takes the contact out of the entries first.
CREATE TABLE workflows.backlog (
    account_id   int NOT NULL,
    entry        bigint GENERATED ALWAYS AS IDENTITY,
    workflow_id  uuid NOT NULL,
    version      int NOT NULL,
    chunk        int NOT NULL,
    bits         bit(16384) NOT NULL,
    -- The id of the packed event; a dot and the contact make those of its runs.
    event_id     text NOT NULL,
    happened_at  timestamptz NOT NULL,
    cause_kind   smallint NOT NULL,
    cause_id     text NOT NULL,
    cause_detail text NOT NULL,
    cause_chain  text[] NOT NULL,
    PRIMARY KEY (account_id, entry)
);

CREATE INDEX backlog_chunk ON workflows.backlog (account_id, chunk);

ALTER TABLE workflows.backlog ALTER bits SET STORAGE MAIN, ALTER bits SET COMPRESSION lz4;

GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.backlog TO tagsegments_workflows;
