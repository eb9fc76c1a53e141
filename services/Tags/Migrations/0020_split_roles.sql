-- Row-level security shows tagsegments_tags the rows of one account; see AccountWall. Work across accounts has a role of its own.
GRANT USAGE ON SCHEMA crm, tags TO tagsegments_tags_work;
-- Finding and creating accounts, and the answers to the calls that create them.
GRANT SELECT, INSERT ON crm.account, crm.clock, crm.commit TO tagsegments_tags_work;
GRANT SELECT, INSERT, UPDATE ON crm.catalog_clock, crm.request TO tagsegments_tags_work;
-- Claiming erasures and bulk operations, and finding the accounts with expired tags.
GRANT SELECT, UPDATE ON crm.erasure, tags.bulk_operation TO tagsegments_tags_work;
GRANT SELECT (account_id, expires_at) ON tags.tag_expiry TO tagsegments_tags_work;

-- Accounts and clocks are read by name and for many accounts at once, too. So these views show each role what it may see itself.
ALTER VIEW crm.segment_accounts SET (security_invoker = true);
ALTER VIEW crm.segment_clock SET (security_invoker = true);
ALTER VIEW crm.segment_catalog_clock SET (security_invoker = true);
GRANT USAGE ON SCHEMA crm TO tagsegments_segments_work;
GRANT SELECT ON crm.segment_accounts, crm.segment_clock, crm.segment_catalog_clock TO tagsegments_segments_work;
GRANT SELECT (account_id, name, time_zone, week_start, history_from, limits) ON crm.account TO tagsegments_segments, tagsegments_segments_work;
GRANT SELECT ON crm.clock, crm.catalog_clock TO tagsegments_segments, tagsegments_segments_work;
CREATE POLICY segments_work ON crm.account FOR SELECT TO tagsegments_segments_work USING (true);
CREATE POLICY segments_work ON crm.clock FOR SELECT TO tagsegments_segments_work USING (true);
CREATE POLICY segments_work ON crm.catalog_clock FOR SELECT TO tagsegments_segments_work USING (true);

-- The logs of changes can be appended only.
REVOKE UPDATE, DELETE ON crm.commit, crm.contact_change, crm.opportunity_change, crm.catalog_change, crm.stage_change, tags.tag_change
    FROM tagsegments_tags;
