-- How many runs are at each node, and how many went on from it: the sum of these rows, which grow with the number of nodes and not with that of
-- the runs. They are only added and deleted, never updated, so nobody waits for anybody who counts in the same workflow.
-- kind: the states of crm.workflows.v1.Run.State (1 without those that are tried again after a failure); 0: went on to another node; 9: tried
-- again after a failure. A run that did not start is at the node ''.
CREATE TABLE workflows.node_count (
    account_id  int NOT NULL,
    workflow_id uuid NOT NULL,
    version     int NOT NULL,
    node_id     text NOT NULL,
    kind        smallint NOT NULL,
    runs        bigint NOT NULL
);

CREATE INDEX node_count_workflow ON workflows.node_count (account_id, workflow_id);

-- UPDATE only to lock rows.
GRANT SELECT, INSERT, UPDATE, DELETE ON workflows.node_count TO tagsegments_workflows;

-- Counts runs in the transaction that changes them, whatever changes them. One of fifty times it merges the rows of the workflows, except those that
-- somebody else is merging.
CREATE FUNCTION workflows.count_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO workflows.node_count (account_id, workflow_id, version, node_id, kind, runs)
        SELECT account_id, workflow_id, version, node_id, CASE WHEN state = 1 AND attempt > 1 THEN 9 ELSE state END, count(*)
        FROM new_run
        GROUP BY 1, 2, 3, 4, 5;
    ELSE
        INSERT INTO workflows.node_count (account_id, workflow_id, version, node_id, kind, runs)
        SELECT n.account_id, n.workflow_id, d.version, d.node_id, d.kind, sum(d.runs)
        FROM new_run n
        JOIN old_run o USING (account_id, run_id)
        CROSS JOIN LATERAL (VALUES
            (o.version, o.node_id, CASE WHEN o.state = 1 AND o.attempt > 1 THEN 9 ELSE o.state END, -1),
            (n.version, n.node_id, CASE WHEN n.state = 1 AND n.attempt > 1 THEN 9 ELSE n.state END, 1),
            (o.version, o.node_id, 0, CASE WHEN n.step <> o.step THEN 1 ELSE 0 END)) AS d (version, node_id, kind, runs)
        WHERE (n.version, n.node_id, n.state, n.attempt, n.step) IS DISTINCT FROM (o.version, o.node_id, o.state, o.attempt, o.step)
        GROUP BY 1, 2, 3, 4, 5
        HAVING sum(d.runs) <> 0;
    END IF;
    IF FOUND AND random() < 0.02 THEN
        WITH changed AS (
            SELECT DISTINCT account_id, workflow_id FROM new_run),
        found AS MATERIALIZED (
            SELECT c.ctid AS place
            FROM changed
            JOIN workflows.node_count c USING (account_id, workflow_id)
            FOR UPDATE OF c SKIP LOCKED),
        old AS (
            DELETE FROM workflows.node_count c
            USING found
            WHERE c.ctid = found.place
            RETURNING c.account_id, c.workflow_id, c.version, c.node_id, c.kind, c.runs)
        INSERT INTO workflows.node_count (account_id, workflow_id, version, node_id, kind, runs)
        SELECT account_id, workflow_id, version, node_id, kind, sum(runs)
        FROM old
        GROUP BY 1, 2, 3, 4, 5
        HAVING sum(runs) <> 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_new_runs AFTER INSERT ON workflows.run REFERENCING NEW TABLE AS new_run
    FOR EACH STATEMENT EXECUTE FUNCTION workflows.count_runs();
CREATE TRIGGER count_changed_runs AFTER UPDATE ON workflows.run REFERENCING OLD TABLE AS old_run NEW TABLE AS new_run
    FOR EACH STATEMENT EXECUTE FUNCTION workflows.count_runs();

-- The runs there are. Histories that were deleted tell nothing of the nodes that their runs went on from.
INSERT INTO workflows.node_count (account_id, workflow_id, version, node_id, kind, runs)
SELECT account_id, workflow_id, version, node_id, CASE WHEN state = 1 AND attempt > 1 THEN 9 ELSE state END, count(*)
FROM workflows.run
GROUP BY 1, 2, 3, 4, 5;

INSERT INTO workflows.node_count (account_id, workflow_id, version, node_id, kind, runs)
SELECT r.account_id, r.workflow_id, r.version, s.node_id, 0, count(DISTINCT (s.run_id, s.step))
FROM workflows.run r
JOIN workflows.step s USING (account_id, run_id)
WHERE s.step < r.step
GROUP BY 1, 2, 3, 4;
