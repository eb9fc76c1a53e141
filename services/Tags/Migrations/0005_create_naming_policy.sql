-- The rules for the names of tags, one row per account; without a row there are none. mode: those of crm.tags.v1.NamingPolicy.Mode.
CREATE TABLE tags.naming_policy (
    account_id           int PRIMARY KEY,
    mode                 smallint NOT NULL,
    title_case           boolean NOT NULL,
    allowed_prefixes     text[] NOT NULL,
    forbidden_characters text NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON tags.naming_policy TO tagsegments_tags;
