-- What was sent to contacts and what they did with it. Owned by the campaign service.
CREATE SCHEMA campaigns;

-- The activity clock of an account: moved on by the last statement of every transaction that records activity or changes suppressions,
-- as crm.clock is for contacts and tags.
CREATE TABLE campaigns.activity_clock (
    account_id int PRIMARY KEY,
    pos        bigint NOT NULL,
    nonce      uuid NOT NULL,
    floor      bigint NOT NULL DEFAULT 0,
    -- The latest time of any recorded activity. While it is not later than `now`, the roll-up answers rolling windows exactly.
    max_at     timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);

CREATE TABLE campaigns.activity_commit (
    account_id   int NOT NULL,
    pos          bigint NOT NULL,
    nonce        uuid NOT NULL,
    -- The contacts whose activity this commit recorded: what an index has to read again.
    contact_ids  int[] NOT NULL,
    -- Whether this commit changed the suppression list. It is kept by address, so any contact may be concerned.
    suppressions boolean NOT NULL DEFAULT false,
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, pos)
);

-- kind: those of crm.activity.v1.Activity.Kind, which are those of crm.segments.v1.ActivityClause.Kind (1 sent, 2 delivered, 3 opened,
-- 4 clicked, 5 bounced, 6 replied, 7 unsubscribed, 8 complained, 9 custom). channel: 1 e-mail, 2 SMS, 0 for custom events.
-- Partitioned by month; `campaigns.ensure_activity_partitions` makes the partitions.
CREATE TABLE campaigns.activity (
    account_id  int NOT NULL,
    contact_id  int NOT NULL,
    at          timestamptz NOT NULL,
    activity_id bigint GENERATED ALWAYS AS IDENTITY,
    kind        smallint NOT NULL,
    channel     smallint NOT NULL,
    -- The position of the commit that recorded it: the order of the feed.
    pos         bigint NOT NULL,
    campaign_id uuid,
    -- The link followed, the bounce's reason, or the name of a custom event.
    detail      text,
    -- A program, not a person, opened or clicked.
    machine     boolean NOT NULL DEFAULT false,
    -- What else is known about a custom event.
    properties  jsonb,
    PRIMARY KEY (account_id, contact_id, at, activity_id)
) PARTITION BY RANGE (at);

CREATE INDEX activity_time ON campaigns.activity (account_id, kind, at);
CREATE INDEX activity_feed ON campaigns.activity (account_id, pos);
CREATE INDEX activity_campaign ON campaigns.activity (account_id, campaign_id, kind) WHERE campaign_id IS NOT NULL;

CREATE TABLE campaigns.activity_default PARTITION OF campaigns.activity DEFAULT;

-- Makes the partitions of `months` months from that of `first_day` on, and returns how many it made. A month that already has rows in the
-- default partition stays there. Runs as the owner, because the service may not create tables.
CREATE FUNCTION campaigns.ensure_activity_partitions(first_day date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    made int := 0;
    starts timestamp;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('campaigns.activity', 0));
    FOR starts IN SELECT generate_series(date_trunc('month', first_day::timestamp), date_trunc('month', first_day::timestamp)
                                         + make_interval(months => months - 1), interval '1 month')
    LOOP
        CONTINUE WHEN to_regclass(format('campaigns.activity_%s', to_char(starts, 'YYYY_MM'))) IS NOT NULL
            OR EXISTS (SELECT FROM campaigns.activity_default
                       WHERE at >= starts AT TIME ZONE 'UTC' AND at < (starts + interval '1 month') AT TIME ZONE 'UTC');
        EXECUTE format('CREATE TABLE campaigns.activity_%s PARTITION OF campaigns.activity FOR VALUES FROM (%L) TO (%L)',
                       to_char(starts, 'YYYY_MM'), to_char(starts, 'YYYY-MM-DD 00:00:00+00'),
                       to_char(starts + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

SELECT campaigns.ensure_activity_partitions((now() AT TIME ZONE 'UTC' - interval '4 months')::date, 8);

-- The sender's own ids of events: the same event sent twice is recorded once.
CREATE TABLE campaigns.activity_key (
    account_id int NOT NULL,
    dedupe_key text NOT NULL,
    PRIMARY KEY (account_id, dedupe_key)
);

-- The last e-mail activity of each kind per contact, kept in the transaction that records it. No index on the dates: updates stay HOT.
CREATE TABLE campaigns.contact_activity (
    account_id           int NOT NULL,
    contact_id           int NOT NULL,
    last_sent_at         timestamptz,
    last_delivered_at    timestamptz,
    last_opened_at       timestamptz,
    last_clicked_at      timestamptz,
    last_bounced_at      timestamptz,
    last_replied_at      timestamptz,
    last_unsubscribed_at timestamptz,
    last_complained_at   timestamptz,
    PRIMARY KEY (account_id, contact_id)
) WITH (fillfactor = 70);

-- Addresses that get nothing. Kept by normalised address (e-mail: trimmed, lower case; phone: an optional + and the digits), so deleting, importing or merging contacts does not lift it.
-- reason: 1 bounced, 2 complained, 3 unsubscribed, 4 manual.
CREATE TABLE campaigns.suppression (
    account_id  int NOT NULL,
    channel     smallint NOT NULL,
    address_key text NOT NULL,
    reason      smallint NOT NULL,
    source      text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, channel, address_key)
);

-- Addresses that were taken off the list, with the proof of their owner's new consent.
CREATE TABLE campaigns.suppression_removal (
    account_id  int NOT NULL,
    channel     smallint NOT NULL,
    address_key text NOT NULL,
    reason      smallint NOT NULL,
    proof       text NOT NULL,
    actor       text NOT NULL,
    removed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, channel, address_key, removed_at)
);

-- The answers to calls with a request_id.
CREATE TABLE campaigns.request (
    account_id   int NOT NULL,
    principal    text NOT NULL,
    method       text NOT NULL,
    request_id   text NOT NULL,
    payload_hash bytea NOT NULL,
    response     bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, principal, method, request_id)
);

CREATE INDEX request_created ON campaigns.request (created_at);

-- The views are contracts with the segment service: change them compatibly.
CREATE VIEW campaigns.segment_activity_clock AS SELECT account_id, pos, nonce, floor, max_at FROM campaigns.activity_clock;
CREATE VIEW campaigns.segment_activity_commits AS
    SELECT account_id, pos, nonce, contact_ids, committed_at, suppressions FROM campaigns.activity_commit;
CREATE VIEW campaigns.segment_activity AS
    SELECT account_id, contact_id, at, kind, channel, campaign_id, detail, machine FROM campaigns.activity;
CREATE VIEW campaigns.segment_contact_activity AS
    SELECT account_id, contact_id, last_sent_at, last_delivered_at, last_opened_at, last_clicked_at, last_bounced_at, last_replied_at,
           last_unsubscribed_at, last_complained_at
    FROM campaigns.contact_activity;
CREATE VIEW campaigns.segment_suppressions AS SELECT account_id, channel, address_key, reason FROM campaigns.suppression;

GRANT USAGE ON SCHEMA campaigns TO tagsegments_campaigns, tagsegments_segments;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA campaigns TO tagsegments_campaigns;
REVOKE EXECUTE ON FUNCTION campaigns.ensure_activity_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaigns.ensure_activity_partitions TO tagsegments_campaigns;
GRANT SELECT ON campaigns.segment_activity_clock, campaigns.segment_activity_commits, campaigns.segment_activity,
    campaigns.segment_contact_activity, campaigns.segment_suppressions TO tagsegments_segments;
