-- Explanations show since when an address has been suppressed, and by what.
-- The view is a contract with the segment service: change it compatibly.
CREATE OR REPLACE VIEW campaigns.segment_suppressions AS
    SELECT account_id, channel, address_key, reason, source, created_at FROM campaigns.suppression;
