-- Texts are in Unicode normalization form C, as those of contacts, so that equal texts are equal. A name that is taken then stays as it is.
UPDATE segments.segment SET filter = normalize(filter::text, NFC)::jsonb WHERE filter::text IS NOT NFC NORMALIZED;
UPDATE segments.segment_version SET filter = normalize(filter::text, NFC)::jsonb WHERE filter::text IS NOT NFC NORMALIZED;
UPDATE segments.smart_list SET filter = normalize(filter::text, NFC)::jsonb WHERE filter::text IS NOT NFC NORMALIZED;
UPDATE segments.segment s SET name = normalize(name, NFC)
WHERE name IS NOT NFC NORMALIZED AND NOT EXISTS (
    SELECT FROM segments.segment o
    WHERE o.account_id = s.account_id AND o.segment_id <> s.segment_id AND normalize(o.name, NFC) = normalize(s.name, NFC));
UPDATE segments.smart_list s SET name = normalize(name, NFC)
WHERE name IS NOT NFC NORMALIZED AND NOT EXISTS (
    SELECT FROM segments.smart_list o
    WHERE o.account_id = s.account_id AND o.smart_list_id <> s.smart_list_id AND normalize(o.name, NFC) = normalize(s.name, NFC));
