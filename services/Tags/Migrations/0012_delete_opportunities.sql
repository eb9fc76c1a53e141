-- A deleted opportunity keeps its row for filters of the past, without its contact and its external id: it matches nobody, and the key is free.
ALTER TABLE crm.opportunity ADD deleted_at timestamptz;
