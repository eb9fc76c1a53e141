-- What workflows refer to in their filters and triggers: by the draft, by the version that takes contacts, and by versions with runs that have
-- not ended. A contract with the segment service, which keeps from being deleted what is in use: change it compatibly.
CREATE VIEW workflows.segment_usages AS
    SELECT DISTINCT w.account_id, w.workflow_id, w.name, r.kind, r.target
    FROM workflows.workflow w
    CROSS JOIN LATERAL (
        SELECT w.draft AS definition
        UNION ALL
        SELECT v.definition
        FROM workflows.workflow_version v
        WHERE v.account_id = w.account_id AND v.workflow_id = w.workflow_id
          AND (w.state = 2 AND v.version = w.published_version OR EXISTS (
            SELECT FROM workflows.run u
            WHERE u.account_id = w.account_id AND u.workflow_id = w.workflow_id AND u.version = v.version AND u.state <= 3))) AS d
    CROSS JOIN LATERAL (
        SELECT 'segment' AS kind, t #>> '{}' AS target FROM jsonb_path_query(d.definition, 'strict $.**.segmentId') AS t
        UNION ALL
        SELECT 'campaign', t #>> '{}' FROM jsonb_path_query(d.definition, 'strict $.**.campaignId') AS t
        UNION ALL
        SELECT 'field', t #>> '{}' FROM jsonb_path_query(d.definition, 'strict $.**.fieldId') AS t) AS r;

GRANT USAGE ON SCHEMA workflows TO tagsegments_segments;
GRANT SELECT ON workflows.segment_usages TO tagsegments_segments;
