-- What proves later why somebody got a campaign or not, whatever has changed since.
ALTER TABLE campaigns.campaign
    -- crm.campaigns.v1.Audience as protobuf JSON, as it was evaluated: in place of every segment and smart list the filter that it had.
    ADD COLUMN evaluated_audience jsonb;

ALTER TABLE campaigns.recipient
    -- When the recipient was last read before the message left, or was left out just then, and the consent that was read: that of
    -- crm.contacts.v1.Consent.State, 0 if nothing was read.
    ADD COLUMN checked_at timestamptz,
    ADD COLUMN checked_consent smallint NOT NULL DEFAULT 0;
