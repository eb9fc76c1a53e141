-- The list of what expires: soonest first, and that of one contact.
CREATE INDEX tag_expiry_order ON tags.tag_expiry (account_id, expires_at, tag_id, contact_id);
CREATE INDEX tag_expiry_contact ON tags.tag_expiry (account_id, contact_id);
