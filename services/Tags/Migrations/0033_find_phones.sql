-- Contacts are found by phone, too, for example those of imported activities. A column, because row-level security keeps a function, which could tell what
-- it sees, from the conditions of an index. PostgreSQL writes the table anew.
ALTER TABLE crm.contact ADD phone_number text GENERATED ALWAYS AS (CASE WHEN phone IS NOT NULL THEN coalesce(phone_key, crm.phone_key(phone)) END) STORED;
CREATE INDEX contact_phone_number ON crm.contact (account_id, phone_number) WHERE phone_number IS NOT NULL;
