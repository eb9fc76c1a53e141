-- The contacts that an operation on a filter leaves out although they match.
ALTER TABLE tags.bulk_operation ADD exclude_contact_ids int[] NOT NULL DEFAULT '{}';
