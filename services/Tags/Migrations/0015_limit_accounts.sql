-- The limits that an account has of its own: crm.accounts.v1.AccountLimits as JSON. A limit that is missing is the installation's default.
ALTER TABLE crm.account ADD limits jsonb NOT NULL DEFAULT '{}';

CREATE OR REPLACE VIEW crm.segment_accounts AS SELECT account_id, name, time_zone, week_start, history_from, limits FROM crm.account;
