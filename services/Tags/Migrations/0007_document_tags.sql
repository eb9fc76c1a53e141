-- Documentation of tags, for the tag dictionary. `near_key` is what is left of the name without what people do not tell apart (see
-- Governance/NearDuplicates.cs); null where it has not been worked out.
ALTER TABLE tags.tag
    ADD when_to_apply text NOT NULL DEFAULT '',
    ADD examples text NOT NULL DEFAULT '',
    ADD owner text NOT NULL DEFAULT '',
    ADD near_key text;
