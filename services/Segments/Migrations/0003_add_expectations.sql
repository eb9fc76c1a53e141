-- Whom a segment must include and must exclude, whatever its filter becomes, and who said so when.
ALTER TABLE segments.segment
    ADD COLUMN must_include        int[] NOT NULL DEFAULT '{}',
    ADD COLUMN must_exclude        int[] NOT NULL DEFAULT '{}',
    ADD COLUMN expectations_author text NOT NULL DEFAULT '',
    ADD COLUMN expectations_at     timestamptz;
