-- Deleting a tag drops its chunks from now on; those of tags deleted before are empty.
DELETE FROM tags.tag_chunk c USING tags.tag t
WHERE t.account_id = c.account_id AND t.tag_id = c.tag_id AND t.deleted_at IS NOT NULL;

-- One index for both kinds of rows about a contact: its own, and those of its chunk (contact_id IS NULL). A constraint or the condition of an
-- index is read and parsed anew by each insert, which takes a tenth of the time of the statement for a single change.
DROP INDEX tags.tag_change_contact, tags.tag_change_chunk;
CREATE INDEX tag_change_contact ON tags.tag_change (account_id, chunk, contact_id, pos);
ALTER TABLE tags.tag_change DROP CONSTRAINT tag_change_check;
