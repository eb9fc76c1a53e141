-- The catalog clock of an account: moved on by every transaction that changes its tag library, fields, pipelines or stages, whichever
-- statement does it. Whoever keeps these names in memory knows from one row whether they are still true. It is taken before crm.clock,
-- which is always last, so the two cannot deadlock.
CREATE TABLE crm.catalog_clock (
    account_id int PRIMARY KEY,
    pos        bigint NOT NULL,
    nonce      uuid NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION crm.move_catalog_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm.catalog_clock AS c (account_id, pos, nonce)
    SELECT account_id, 1, gen_random_uuid() FROM changed GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = excluded.nonce;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    watched text;
BEGIN
    FOREACH watched IN ARRAY ARRAY['tags.tag', 'crm.field', 'crm.pipeline', 'crm.stage', 'crm.account'] LOOP
        EXECUTE format('CREATE TRIGGER catalog_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION crm.move_catalog_clock()', watched);
        EXECUTE format('CREATE TRIGGER catalog_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION crm.move_catalog_clock()', watched);
        EXECUTE format('CREATE TRIGGER catalog_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed
                        FOR EACH STATEMENT EXECUTE FUNCTION crm.move_catalog_clock()', watched);
    END LOOP;
END
$$;

-- A contract with the segment service: change it compatibly.
CREATE VIEW crm.segment_catalog_clock AS SELECT account_id, pos, nonce FROM crm.catalog_clock;

GRANT SELECT, INSERT, UPDATE, DELETE ON crm.catalog_clock TO tagsegments_tags;
GRANT SELECT ON crm.segment_catalog_clock TO tagsegments_segments;
