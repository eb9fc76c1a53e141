-- The message of an unsubscribe whose activity is still to be recorded, because the contact service could not say who the contact is now; zeros if it
-- is recorded.
ALTER TABLE campaigns.consent_task
    ADD message_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    ADD campaign_id uuid,
    DROP CONSTRAINT consent_task_pkey,
    ADD PRIMARY KEY (account_id, contact_id, channel, message_id);
