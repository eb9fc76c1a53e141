-- Row-level security shows tagsegments_segments the rows of one account; see AccountWall. Work across accounts has a role of its own: it reads the
-- clocks of all accounts whose filters are evaluated, together.
GRANT USAGE ON SCHEMA segments TO tagsegments_segments_work;
GRANT SELECT ON segments.clock TO tagsegments_segments_work;

-- Versions are kept as they were, but for the name.
REVOKE UPDATE, DELETE ON segments.segment_version FROM tagsegments_segments;
GRANT UPDATE (name) ON segments.segment_version TO tagsegments_segments;
