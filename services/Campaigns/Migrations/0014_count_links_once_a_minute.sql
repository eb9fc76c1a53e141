-- When a link of a message was last counted: one open or click of it counts per minute, however often it is fetched and by whichever
-- process. Each minute that begins with a counted event is taken; a later event counts if its own minute meets none of them.
CREATE TABLE campaigns.link_count (
    account_id int NOT NULL,
    -- A hash of the kind, the message, the contact, the address, and whether a person or a program followed it.
    link       bytea NOT NULL,
    -- The taken minutes of the last hour before the latest one.
    minutes    tstzmultirange NOT NULL,
    PRIMARY KEY (account_id, link)
);

-- What can be deleted: minutes that are long over.
CREATE INDEX link_count_over ON campaigns.link_count (upper(minutes));

GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.link_count TO tagsegments_campaigns;
