-- Takes a contact out of the expectations of segments. The definition clock moves, so that what is in memory follows.
CREATE FUNCTION segments.erase_contact(erased_account int, erased_contact int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM segments.segment
        WHERE account_id = erased_account AND (erased_contact = ANY (must_include) OR erased_contact = ANY (must_exclude))) THEN
        RETURN;
    END IF;

    INSERT INTO segments.clock AS c (account_id, pos, nonce) VALUES (erased_account, 1, gen_random_uuid())
    ON CONFLICT (account_id) DO UPDATE SET pos = c.pos + 1, nonce = excluded.nonce;
    UPDATE segments.segment
    SET must_include = array_remove(must_include, erased_contact), must_exclude = array_remove(must_exclude, erased_contact)
    WHERE account_id = erased_account AND (erased_contact = ANY (must_include) OR erased_contact = ANY (must_exclude));
END
$$;

REVOKE EXECUTE ON FUNCTION segments.erase_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION segments.erase_contact TO tagsegments_segments;
