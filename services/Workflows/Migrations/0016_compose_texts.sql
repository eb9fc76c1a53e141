-- Texts are in Unicode normalization form C, as those of contacts, so that equal texts are equal. A name that is taken then stays as it is.
UPDATE workflows.workflow SET draft = normalize(draft::text, NFC)::jsonb WHERE draft::text IS NOT NFC NORMALIZED;
UPDATE workflows.workflow_version SET definition = normalize(definition::text, NFC)::jsonb WHERE definition::text IS NOT NFC NORMALIZED;
UPDATE workflows.workflow w SET name = normalize(name, NFC)
WHERE name IS NOT NFC NORMALIZED AND NOT EXISTS (
    SELECT FROM workflows.workflow o
    WHERE o.account_id = w.account_id AND o.workflow_id <> w.workflow_id AND normalize(o.name, NFC) = normalize(w.name, NFC));
