-- Which accounts have news: what was committed in the last seconds, in all accounts.
CREATE INDEX activity_commit_time ON campaigns.activity_commit (committed_at);
