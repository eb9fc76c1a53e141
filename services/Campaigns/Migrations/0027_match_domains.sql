-- The suppression list has addresses and, without an at sign, whole domains. The domains that an address is in, the longest first; none for a
-- phone number. A contract with the segment service.
CREATE FUNCTION campaigns.domains_of(address_key text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN strpos(address_key, '@') = 0 THEN '{}'::text[] ELSE ARRAY(
        SELECT array_to_string(labels[n:], '.')
        FROM (SELECT string_to_array(split_part(address_key, '@', -1), '.') AS labels) AS l, generate_subscripts(labels, 1) AS n
        ORDER BY n) END
$$;

CREATE INDEX suppression_domain ON campaigns.suppression (account_id, address_key) WHERE channel = 1 AND strpos(address_key, '@') = 0;

-- Entries under the key that a former version made of an address that has another one now. Processes of that version look for them.
ALTER TABLE campaigns.suppression ADD former boolean NOT NULL DEFAULT false;
