-- An account can have ended any number of versions, so nothing reads all of them. Those that take events now (active_until is null), or took the
-- ones that are read only now.
CREATE INDEX version_ended ON workflows.workflow_version (account_id, active_until);

-- The tags that keep a contact in the version.
ALTER TABLE workflows.workflow_version ADD exit_tag_ids jsonb GENERATED ALWAYS AS (definition -> 'exitTagIds') STORED;

CREATE INDEX version_exit ON workflows.workflow_version (account_id) WHERE exit_tag_ids IS NOT NULL;
