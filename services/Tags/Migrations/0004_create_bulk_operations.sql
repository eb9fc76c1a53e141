-- Bulk operations: long-running, resumable, and undone from the change log.
-- state: those of crm.tags.v1.BulkOperation.State. Who runs an operation holds its lease and renews it with every step, in the
-- transaction of the step; when it dies, another one goes on.
CREATE TABLE tags.bulk_operation (
    account_id     int NOT NULL,
    operation_id   uuid NOT NULL,
    state          smallint NOT NULL,
    -- crm.segments.v1.FilterSource as JSON; null if the contacts were given.
    source         jsonb,
    undo_of        uuid,
    add_tag_ids    int[] NOT NULL,
    remove_tag_ids int[] NOT NULL,
    actor          text NOT NULL,
    skip_workflows boolean NOT NULL,
    total          int NOT NULL DEFAULT 0,
    done           int NOT NULL DEFAULT 0,
    skipped        int NOT NULL DEFAULT 0,
    error          text NOT NULL DEFAULT '',
    owner          uuid,
    lease_until    timestamptz NOT NULL DEFAULT '-infinity',
    created_at     timestamptz NOT NULL DEFAULT now(),
    finished_at    timestamptz,
    PRIMARY KEY (account_id, operation_id)
) WITH (fillfactor = 50);

CREATE INDEX bulk_operation_open ON tags.bulk_operation (lease_until) WHERE state IN (1, 2);

-- The contacts of an operation by chunk. `skipped` is set when the chunk is done; `pos` is the clock position of its changes, if any.
CREATE TABLE tags.bulk_chunk (
    account_id   int NOT NULL,
    operation_id uuid NOT NULL,
    chunk        int NOT NULL,
    asked        bit(16384) NOT NULL,
    skipped      bit(16384),
    pos          bigint,
    PRIMARY KEY (account_id, operation_id, chunk)
) WITH (toast_tuple_target = 128);

ALTER TABLE tags.bulk_chunk ALTER asked SET STORAGE MAIN, ALTER asked SET COMPRESSION lz4,
    ALTER skipped SET STORAGE MAIN, ALTER skipped SET COMPRESSION lz4;

-- What an operation has changed so far, per tag.
CREATE TABLE tags.bulk_tally (
    account_id   int NOT NULL,
    operation_id uuid NOT NULL,
    tag_id       int NOT NULL,
    changed      int NOT NULL,
    unchanged    int NOT NULL,
    PRIMARY KEY (account_id, operation_id, tag_id)
) WITH (fillfactor = 50);

GRANT SELECT, INSERT, UPDATE, DELETE ON tags.bulk_operation, tags.bulk_chunk, tags.bulk_tally TO tagsegments_tags;
