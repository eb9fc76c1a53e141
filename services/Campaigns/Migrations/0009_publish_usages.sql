-- What campaigns that are not over refer to in their audiences: a segment or smart list, or what a filter written there names. A contract with
-- the segment service, which keeps from being deleted what is in use: change it compatibly.
CREATE VIEW campaigns.segment_usages AS
    SELECT c.account_id, c.campaign_id, c.name, r.kind, r.target
    FROM campaigns.campaign c
    CROSS JOIN LATERAL (
        SELECT 'segment' AS kind, t #>> '{}' AS target FROM jsonb_path_query(c.audience, 'strict $.**.segmentId') AS t
        UNION
        SELECT 'smart_list', t #>> '{}' FROM jsonb_path_query(c.audience, 'strict $.**.smartListId') AS t
        UNION
        SELECT 'campaign', t #>> '{}' FROM jsonb_path_query(c.audience, 'strict $.**.campaignId') AS t
        UNION
        SELECT 'field', t #>> '{}' FROM jsonb_path_query(c.audience, 'strict $.**.fieldId') AS t) AS r
    WHERE c.state NOT IN (6, 7);

GRANT SELECT ON campaigns.segment_usages TO tagsegments_segments;
