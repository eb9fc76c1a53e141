-- What filters of the past need beside the logs of tags and contacts: what opportunities and names were before each change. Whatever the
-- logs lacked until now is unknown for good, so the history of an account begins here, or with the account.
ALTER TABLE crm.account ADD history_from timestamptz NOT NULL DEFAULT now();

-- The history of opportunities, by clock position, orphans included. `before` has the values before of what changed, by column name as in
-- crm.contact_change; null for a creation.
CREATE TABLE crm.opportunity_change (
    account_id     int NOT NULL,
    opportunity_id int NOT NULL,
    pos            bigint NOT NULL,
    seq            int NOT NULL,
    before         jsonb,
    PRIMARY KEY (account_id, opportunity_id, pos, seq)
);

-- The history of what the catalog clock watches. `before` is the row (kind: its table) as it was until then; `pos` is the position of the
-- commit if the transaction moved the account's clock too, so that, say, the type of a field changes together with its values.
CREATE TABLE crm.catalog_change (
    account_id int NOT NULL,
    kind       text NOT NULL,
    item_id    int NOT NULL,
    until      timestamptz NOT NULL,
    pos        bigint,
    before     jsonb NOT NULL,
    PRIMARY KEY (account_id, kind, item_id, until)
);

-- Runs at the end of the transaction, when its position is known if it has one. All rows that a transaction changes were so until the same
-- moment, and of a row that it changes several times the first state counts.
CREATE FUNCTION crm.keep_catalog_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest record;
    until timestamptz;
BEGIN
    SELECT pos, committed_at, xmin = pg_current_xact_id()::xid AS is_own INTO newest
    FROM crm.commit WHERE account_id = OLD.account_id ORDER BY pos DESC LIMIT 1;
    until := CASE WHEN newest.is_own THEN newest.committed_at
        ELSE coalesce(nullif(current_setting('crm.catalog_until', true), '')::timestamptz, clock_timestamp()) END;
    PERFORM set_config('crm.catalog_until', until::text, true);
    INSERT INTO crm.catalog_change (account_id, kind, item_id, until, pos, before)
    VALUES (OLD.account_id, TG_TABLE_NAME, (to_jsonb(OLD) ->> TG_ARGV[0])::int, until,
            CASE WHEN newest.is_own THEN newest.pos END, to_jsonb(OLD))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER keep_row AFTER UPDATE ON tags.tag DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.name, OLD.deleted_at) IS DISTINCT FROM (NEW.name, NEW.deleted_at)) EXECUTE FUNCTION crm.keep_catalog_row('tag_id');
CREATE CONSTRAINT TRIGGER keep_row AFTER UPDATE ON crm.field DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.type, OLD.choices, OLD.deleted_at) IS DISTINCT FROM (NEW.type, NEW.choices, NEW.deleted_at))
    EXECUTE FUNCTION crm.keep_catalog_row('field_id');
CREATE CONSTRAINT TRIGGER keep_row AFTER UPDATE ON crm.pipeline DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION crm.keep_catalog_row('pipeline_id');
CREATE CONSTRAINT TRIGGER keep_row AFTER UPDATE ON crm.stage DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION crm.keep_catalog_row('stage_id');
CREATE CONSTRAINT TRIGGER keep_deleted_row AFTER DELETE ON crm.stage DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION crm.keep_catalog_row('stage_id');
CREATE CONSTRAINT TRIGGER keep_row AFTER UPDATE ON crm.account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.time_zone, OLD.week_start) IS DISTINCT FROM (NEW.time_zone, NEW.week_start))
    EXECUTE FUNCTION crm.keep_catalog_row('account_id');

-- Puts JSON objects on top of one another: of a key that several have, the last value counts.
CREATE AGGREGATE crm.overlay(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb);

-- The views are contracts with the segment service: change them compatibly.
CREATE OR REPLACE VIEW crm.segment_accounts AS SELECT account_id, name, time_zone, week_start, history_from FROM crm.account;
-- Deleted contacts, too.
CREATE VIEW crm.segment_all_contacts AS
    SELECT account_id, contact_id, external_id, email, email_key, phone, first_name, last_name, time_zone, language, fields,
           email_consent, sms_consent, do_not_disturb, created_at, updated_at
    FROM crm.contact;
-- Orphans, too.
CREATE VIEW crm.segment_all_opportunities AS
    SELECT account_id, opportunity_id, contact_id, name, pipeline_id, stage_id, status, amount, opened_on, closed_on, fields, stage_since
    FROM crm.opportunity;
CREATE VIEW crm.segment_opportunity_changes AS SELECT account_id, opportunity_id, pos, seq, before FROM crm.opportunity_change;
CREATE VIEW crm.segment_catalog_changes AS SELECT account_id, kind, item_id, until, pos, before FROM crm.catalog_change;

GRANT SELECT, INSERT, UPDATE, DELETE ON crm.opportunity_change, crm.catalog_change TO tagsegments_tags;
GRANT SELECT ON crm.segment_all_contacts, crm.segment_all_opportunities, crm.segment_opportunity_changes, crm.segment_catalog_changes
    TO tagsegments_segments;
