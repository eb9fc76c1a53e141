-- Row-level security shows tagsegments_campaigns the rows of one account; see AccountWall. Work across accounts has a role of its own.
GRANT USAGE ON SCHEMA campaigns TO tagsegments_campaigns_work;
-- Which accounts have news.
GRANT SELECT ON campaigns.activity_clock, campaigns.activity_commit TO tagsegments_campaigns_work;
-- Claiming campaigns, batches and messages, settling what a dead sender left, and holding everything after a restore.
GRANT SELECT, UPDATE ON campaigns.campaign, campaigns.recipient TO tagsegments_campaigns_work;
GRANT SELECT, UPDATE, DELETE ON campaigns.batch TO tagsegments_campaigns_work;
GRANT SELECT ON campaigns.single_message, campaigns.installation TO tagsegments_campaigns_work;
GRANT SELECT, INSERT, UPDATE ON campaigns.rate, campaigns.send_mark TO tagsegments_campaigns_work;
-- Claiming the checks of sender domains.
GRANT SELECT, UPDATE ON campaigns.sender_domain TO tagsegments_campaigns_work;
-- Telling other services.
GRANT SELECT, DELETE ON campaigns.tag_task, campaigns.consent_task TO tagsegments_campaigns_work;
-- Housekeeping. UPDATE is for the locks of rows.
GRANT SELECT, UPDATE, DELETE ON campaigns.link_count TO tagsegments_campaigns_work;
GRANT EXECUTE ON FUNCTION campaigns.ensure_activity_partitions TO tagsegments_campaigns_work;
REVOKE EXECUTE ON FUNCTION campaigns.ensure_activity_partitions FROM tagsegments_campaigns;
REVOKE ALL ON campaigns.rate, campaigns.send_mark, campaigns.installation FROM tagsegments_campaigns;

-- Clocks are read for many accounts at once, too. So these views show each role what it may see itself.
ALTER VIEW campaigns.segment_activity_clock SET (security_invoker = true);
ALTER VIEW campaigns.segment_name_clock SET (security_invoker = true);
GRANT USAGE ON SCHEMA campaigns TO tagsegments_segments_work;
GRANT SELECT ON campaigns.segment_activity_clock, campaigns.segment_name_clock TO tagsegments_segments_work;
GRANT SELECT ON campaigns.activity_clock, campaigns.name_clock TO tagsegments_segments, tagsegments_segments_work;
CREATE POLICY segments_work ON campaigns.activity_clock FOR SELECT TO tagsegments_segments_work USING (true);
CREATE POLICY segments_work ON campaigns.name_clock FOR SELECT TO tagsegments_segments_work USING (true);

-- The logs of changes can be appended only.
REVOKE UPDATE, DELETE ON campaigns.activity, campaigns.activity_commit, campaigns.suppression_change, campaigns.suppression_removal
    FROM tagsegments_campaigns;

-- Partitions are reached through their table only. New ones get their wall at once.
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'campaigns.activity'::regclass LOOP
        EXECUTE format('REVOKE ALL ON %s FROM tagsegments_campaigns', part);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION campaigns.ensure_activity_partitions(first_day date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    made int := 0;
    starts timestamp;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('campaigns.activity', 0));
    FOR starts IN SELECT generate_series(date_trunc('month', first_day::timestamp), date_trunc('month', first_day::timestamp)
                                         + make_interval(months => months - 1), interval '1 month')
    LOOP
        part := format('campaigns.activity_%s', to_char(starts, 'YYYY_MM'));
        CONTINUE WHEN to_regclass(part) IS NOT NULL
            OR EXISTS (SELECT FROM campaigns.activity_default
                       WHERE at >= starts AT TIME ZONE 'UTC' AND at < (starts + interval '1 month') AT TIME ZONE 'UTC');
        EXECUTE format('CREATE TABLE %s PARTITION OF campaigns.activity FOR VALUES FROM (%L) TO (%L)',
                       part, to_char(starts, 'YYYY-MM-DD 00:00:00+00'), to_char(starts + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
