-- The consent that was read when the audience was frozen: that of crm.contacts.v1.Consent.State, 0 if nothing was read.
ALTER TABLE campaigns.recipient ADD COLUMN consent smallint NOT NULL DEFAULT 0;
