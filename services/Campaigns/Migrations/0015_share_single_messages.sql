-- Single messages that wait, by account, so that each account has its turn.
CREATE INDEX batch_single_account_due ON campaigns.batch (account_id, due_at) WHERE single AND lease_until IS NULL;
DROP INDEX campaigns.batch_single_due;
