-- Which accounts have news: what was committed in the last seconds, in all accounts.
CREATE INDEX commit_time ON crm.commit (committed_at);
