-- The clock of campaign names: moved on by every transaction that creates, renames or deletes a campaign. The segment service keeps the
-- names that filters use in memory and knows from this row whether they are still true.
CREATE TABLE campaigns.name_clock (
    account_id int PRIMARY KEY,
    pos        bigint NOT NULL,
    nonce      uuid NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION campaigns.move_name_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaigns.name_clock AS c (account_id, pos, nonce)
    VALUES (coalesce(NEW.account_id, OLD.account_id), 1, gen_random_uuid())
    ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = excluded.nonce;
    RETURN NULL;
END
$$;

CREATE TRIGGER move_name_clock AFTER INSERT OR DELETE OR UPDATE OF name ON campaigns.campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns.move_name_clock();

-- A contract with the segment service: change it compatibly.
CREATE VIEW campaigns.segment_name_clock AS SELECT account_id, pos, nonce FROM campaigns.name_clock;

GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.name_clock TO tagsegments_campaigns;
GRANT SELECT ON campaigns.segment_name_clock TO tagsegments_segments;
