-- Texts are in Unicode normalization form C, as those of contacts, so that filters on links and on properties of events find what former versions
-- recorded. The clocks move, because answers are kept.
WITH composed AS (
    UPDATE campaigns.activity
    SET detail = normalize(detail, NFC), properties = normalize(properties::text, NFC)::jsonb
    WHERE detail IS NOT NFC NORMALIZED OR properties::text IS NOT NFC NORMALIZED
    RETURNING account_id, contact_id),
contacts AS (
    SELECT account_id, array_agg(DISTINCT contact_id ORDER BY contact_id) AS contact_ids FROM composed GROUP BY account_id),
moved AS (
    UPDATE campaigns.activity_clock c SET pos = c.pos + 1, nonce = gen_random_uuid() FROM contacts t WHERE c.account_id = t.account_id
    RETURNING c.account_id, c.pos, c.nonce, t.contact_ids)
INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids)
SELECT account_id, pos, nonce, contact_ids FROM moved;

-- Those of audiences are composed on their way to the segment service, but people read them.
UPDATE campaigns.campaign SET audience = normalize(audience::text, NFC)::jsonb WHERE audience::text IS NOT NFC NORMALIZED;
