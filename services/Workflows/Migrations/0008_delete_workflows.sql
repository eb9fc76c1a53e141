-- A deleted workflow keeps its versions, runs and histories; its name is free again.
ALTER TABLE workflows.workflow ADD deleted_at timestamptz;

DROP INDEX workflows.workflow_name;
CREATE UNIQUE INDEX workflow_name ON workflows.workflow (account_id, name COLLATE "C") WHERE deleted_at IS NULL;
