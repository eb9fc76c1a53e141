-- Texts are in Unicode normalization form C, so that equal texts are equal. Those of contacts follow with their keys: see 0026_key_addresses.
-- A name or an id that is taken then stays as it is.
UPDATE crm.field f SET choices = ARRAY(
    SELECT normalize(c.choice, NFC) FROM unnest(f.choices) WITH ORDINALITY AS c (choice, n) GROUP BY 1 ORDER BY min(c.n))
WHERE array_to_string(choices, E'\n') IS NOT NFC NORMALIZED;
UPDATE crm.pipeline p SET name = normalize(name, NFC)
WHERE name IS NOT NFC NORMALIZED AND NOT EXISTS (
    SELECT FROM crm.pipeline o
    WHERE o.account_id = p.account_id AND o.pipeline_id <> p.pipeline_id AND normalize(o.name, NFC) = normalize(p.name, NFC));
UPDATE crm.stage s SET name = normalize(name, NFC)
WHERE name IS NOT NFC NORMALIZED AND NOT EXISTS (
    SELECT FROM crm.stage o
    WHERE o.account_id = s.account_id AND o.pipeline_id = s.pipeline_id AND o.stage_id <> s.stage_id
      AND normalize(o.name, NFC) = normalize(s.name, NFC));
UPDATE crm.opportunity SET name = normalize(name, NFC) WHERE name IS NOT NFC NORMALIZED;
UPDATE crm.opportunity SET fields = normalize(fields::text, NFC)::jsonb WHERE fields::text IS NOT NFC NORMALIZED;
UPDATE crm.opportunity p SET external_id = normalize(external_id, NFC)
WHERE external_id IS NOT NFC NORMALIZED AND NOT EXISTS (
    SELECT FROM crm.opportunity o
    WHERE o.account_id = p.account_id AND o.opportunity_id <> p.opportunity_id
      AND normalize(o.external_id, NFC) = normalize(p.external_id, NFC));
