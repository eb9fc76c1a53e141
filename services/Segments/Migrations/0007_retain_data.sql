-- Answers that are too old are deleted.
CREATE INDEX request_created ON segments.request (created_at);

GRANT SELECT (account_id, created_at) ON segments.request TO tagsegments_segments_work;
