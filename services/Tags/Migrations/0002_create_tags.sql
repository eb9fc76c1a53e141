-- The tag library and who has which tag. Owned by the tag service.
CREATE SCHEMA tags;

CREATE TABLE tags.tag (
    account_id  int NOT NULL,
    tag_id      int NOT NULL,
    name        text NOT NULL,
    description text NOT NULL DEFAULT '',
    color       text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, tag_id)
);

CREATE UNIQUE INDEX tag_name ON tags.tag (account_id, name COLLATE "C") WHERE deleted_at IS NULL;

-- Who has a tag: one bit per contact, 16,384 contacts a chunk. The bit of contact c is number c % 16384 of chunk c / 16384; bit 0 is the
-- leftmost, as set_bit and get_bit count. Tag 0 holds the living contacts, so "everyone" is a tag like any other.
-- The storage settings are measured: a chunk must stay inline, compressed, with room on the page to be updated in place.
CREATE TABLE tags.tag_chunk (
    account_id int NOT NULL,
    tag_id     int NOT NULL,
    chunk      int NOT NULL,
    bits       bit(16384) NOT NULL,
    PRIMARY KEY (account_id, tag_id, chunk)
) WITH (fillfactor = 75, toast_tuple_target = 128);

ALTER TABLE tags.tag_chunk ALTER bits SET STORAGE MAIN, ALTER bits SET COMPRESSION lz4;

-- What changed, by clock position: the audit trail, the change feed, the input of every index, of undo and of time travel.
-- A single change names its contact; a change of many contacts has one row per chunk with the bits that changed.
-- op: 1 added, 2 removed. Tag 0: 1 created or restored, 2 deleted.
CREATE TABLE tags.tag_change (
    account_id   int NOT NULL,
    pos          bigint NOT NULL,
    seq          int NOT NULL,
    tag_id       int NOT NULL,
    op           smallint NOT NULL,
    contact_id   int,
    chunk        int NOT NULL,
    bits         bit(16384),
    cause_kind   smallint NOT NULL,
    cause_id     text,
    cause_detail text,
    cause_chain  text[],
    actor        text,
    skip_workflows boolean NOT NULL DEFAULT false,
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, pos, seq),
    CHECK ((contact_id IS NULL) <> (bits IS NULL))
);

ALTER TABLE tags.tag_change ALTER bits SET STORAGE MAIN, ALTER bits SET COMPRESSION lz4;
CREATE INDEX tag_change_tag ON tags.tag_change (account_id, tag_id, pos);
CREATE INDEX tag_change_contact ON tags.tag_change (account_id, contact_id, pos) WHERE contact_id IS NOT NULL;
CREATE INDEX tag_change_chunk ON tags.tag_change (account_id, chunk, pos) WHERE contact_id IS NULL;

-- The views are contracts with the segment service: change them compatibly.
CREATE VIEW tags.segment_tags AS SELECT account_id, tag_id, name, deleted_at FROM tags.tag;
CREATE VIEW tags.segment_tag_chunks AS SELECT account_id, tag_id, chunk, bits FROM tags.tag_chunk;
CREATE VIEW tags.segment_tag_changes AS
    SELECT account_id, pos, seq, tag_id, op, contact_id, chunk, bits, at FROM tags.tag_change;

GRANT USAGE ON SCHEMA tags TO tagsegments_tags, tagsegments_segments;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tags TO tagsegments_tags;
GRANT SELECT ON tags.segment_tags, tags.segment_tag_chunks, tags.segment_tag_changes TO tagsegments_segments;
