-- What administrators did: crm.accounts.v1.AdminEvent. Account 0 is the platform. Events can be added, and get their outcome; nobody changes or
-- deletes them otherwise.
CREATE TABLE crm.admin_event (
    account_id int NOT NULL,
    event_id   uuid NOT NULL,       -- version 7: in the order of time
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    call       text NOT NULL,
    named      text NOT NULL,
    outcome    text,                -- null until the call has ended
    PRIMARY KEY (account_id, event_id)
);

GRANT SELECT, INSERT, UPDATE (outcome) ON crm.admin_event TO tagsegments_tags;
