-- Filters compare phone numbers by their keys, which depend on the account's country. The view is a contract with the segment service.
CREATE OR REPLACE VIEW crm.segment_accounts WITH (security_invoker = true) AS
    SELECT account_id, name, time_zone, week_start, history_from, limits, retention, country FROM crm.account WHERE erasing_at IS NULL;
GRANT SELECT (country) ON crm.account TO tagsegments_segments, tagsegments_segments_work;

-- Filters of the past read numbers in the country of then.
DROP TRIGGER keep_row ON crm.account;
CREATE CONSTRAINT TRIGGER keep_row AFTER UPDATE ON crm.account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.time_zone, OLD.week_start, OLD.country) IS DISTINCT FROM (NEW.time_zone, NEW.week_start, NEW.country))
    EXECUTE FUNCTION crm.keep_catalog_row('account_id');
