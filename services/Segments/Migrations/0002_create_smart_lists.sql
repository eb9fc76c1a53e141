-- Saved views of contacts. columns and sort_column: the name of a built-in column, or '#17' for a custom field; no sort column is the
-- contact's number. A tag of null is none.
CREATE TABLE segments.smart_list (
    account_id      int NOT NULL,
    smart_list_id   uuid NOT NULL,
    name            text NOT NULL,
    description     text NOT NULL,
    filter          jsonb NOT NULL,
    include_tag_id  int,
    exclude_tag_id  int,
    columns         text[] NOT NULL,
    sort_column     text NOT NULL,
    sort_descending boolean NOT NULL,
    version         int NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (account_id, smart_list_id)
);

CREATE UNIQUE INDEX smart_list_name ON segments.smart_list (account_id, name COLLATE "C");

COMMENT ON COLUMN segments.reference.segment_id IS 'The segment or smart list that refers to the target.';

GRANT SELECT, INSERT, UPDATE, DELETE ON segments.smart_list TO tagsegments_segments;
