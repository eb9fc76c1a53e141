-- Whether workflows were asked not to react to the activities of a commit: what happened long ago, brought along from another tool.
ALTER TABLE campaigns.activity_commit ADD skip_workflows boolean NOT NULL DEFAULT false;
