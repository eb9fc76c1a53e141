-- Whether the message of a recipient bounced, and when: 0 for a bounce that nobody classed, 1 hard, 2 soft; crm.activity.v1.Activity.Bounce.
ALTER TABLE campaigns.recipient ADD COLUMN bounce smallint, ADD COLUMN bounced_at timestamptz;
