-- Counts the workflows of an account that are not published (state 2) up to its limit.
CREATE INDEX workflow_draft ON workflows.workflow (account_id) WHERE state <> 2 AND deleted_at IS NULL;
