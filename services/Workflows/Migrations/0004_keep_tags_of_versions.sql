-- The tags that a version refers to: those of workflow.tag_ids are the draft's.
ALTER TABLE workflows.workflow_version ADD tag_ids int[] NOT NULL DEFAULT '{}';

UPDATE workflows.workflow_version AS v
SET tag_ids = w.tag_ids
FROM workflows.workflow AS w
WHERE w.account_id = v.account_id AND w.workflow_id = v.workflow_id AND w.published_version = v.version;
