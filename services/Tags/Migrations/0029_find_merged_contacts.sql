-- Deleted contacts are found by their external ids, too, so that a key of a merged contact leads to the contact that it is now.
CREATE INDEX contact_external_id_deleted ON crm.contact (account_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NOT NULL;
