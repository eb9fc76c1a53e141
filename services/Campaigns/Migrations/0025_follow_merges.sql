-- The contact to whom the message of an activity went, where it has been merged into the contact of the activity since; null if they are one.
ALTER TABLE campaigns.activity ADD COLUMN recipient_id int;
