-- The last sign of sending of each machine, which keeps a copy of its own: if they differ, the database is not the one that it sent from.
CREATE TABLE campaigns.send_mark (
    machine    uuid PRIMARY KEY,
    mark       uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON campaigns.send_mark TO tagsegments_campaigns;
