-- Answers that are too old are deleted.
CREATE INDEX request_created ON workflows.request (created_at);

-- Whether the run's history has been deleted.
ALTER TABLE workflows.run ADD is_pruned boolean NOT NULL DEFAULT false;

CREATE INDEX run_ended ON workflows.run (ended_at) WHERE ended_at IS NOT NULL AND NOT is_pruned;

-- Deletes the histories of runs of an account that ended before an instant, of at most `most` runs. The runs stay: re-entry rules ask for them,
-- and an event starts each of them once.
CREATE FUNCTION workflows.prune_runs(pruned_account int, pruned_before timestamptz, most int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    runs uuid[];
BEGIN
    SELECT array_agg(run_id) INTO runs FROM (
        SELECT run_id FROM workflows.run
        WHERE account_id = pruned_account AND ended_at < pruned_before AND NOT is_pruned
        LIMIT most) AS old;
    DELETE FROM workflows.step WHERE account_id = pruned_account AND run_id = ANY (runs);
    UPDATE workflows.run
    SET is_pruned = true, reason = '', cause_detail = '', cause_id = CASE WHEN cause_kind = 1 THEN '' ELSE cause_id END
    WHERE account_id = pruned_account AND run_id = ANY (runs);
END
$$;

REVOKE EXECUTE ON FUNCTION workflows.prune_runs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION workflows.prune_runs TO tagsegments_workflows;
GRANT SELECT (account_id, created_at) ON workflows.request TO tagsegments_workflows_work;
GRANT SELECT (account_id, ended_at, is_pruned) ON workflows.run TO tagsegments_workflows_work;
