-- Row-level security shows tagsegments_workflows the rows of one account; see AccountWall. Work across accounts has a role of its own.
GRANT USAGE ON SCHEMA workflows TO tagsegments_workflows_work;
-- Sharing accounts out among processes.
GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.worker TO tagsegments_workflows_work;
GRANT SELECT, UPDATE ON workflows.partition TO tagsegments_workflows_work;
REVOKE ALL ON workflows.worker, workflows.partition FROM tagsegments_workflows;
-- Finding the accounts that have something to do.
GRANT SELECT, UPDATE ON workflows.account TO tagsegments_workflows_work;
GRANT SELECT ON workflows.cursor TO tagsegments_workflows_work;
GRANT SELECT (account_id) ON workflows.backlog TO tagsegments_workflows_work;
-- Telling owners which runs need them.
GRANT SELECT, UPDATE ON workflows.notice TO tagsegments_workflows_work;
GRANT SELECT (account_id, workflow_id, name, owner_email) ON workflows.workflow TO tagsegments_workflows_work;
GRANT SELECT (account_id, run_id, lane, state, step, attempt, due_at, reason, contact_id, cause_chain) ON workflows.run TO tagsegments_workflows_work;
-- Sealing the secrets of webhooks with another key.
GRANT SELECT, UPDATE ON workflows.webhook_secret TO tagsegments_workflows_work;

-- The history of runs can be appended only.
REVOKE UPDATE, DELETE ON workflows.step FROM tagsegments_workflows;
