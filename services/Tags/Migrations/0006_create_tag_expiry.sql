-- When tags are to be removed from contacts again. `pos` is the clock position at which that was said: a removal since then voids it, so
-- nothing that removes tags needs to know of expiry.
CREATE TABLE tags.tag_expiry (
    account_id int NOT NULL,
    tag_id     int NOT NULL,
    contact_id int NOT NULL,
    expires_at timestamptz NOT NULL,
    pos        bigint NOT NULL,
    PRIMARY KEY (account_id, tag_id, contact_id)
);

CREATE INDEX tag_expiry_due ON tags.tag_expiry (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON tags.tag_expiry TO tagsegments_tags;
