-- Also runs that were put off because there was no room for their action: `reason` says so.
DROP INDEX workflows.run_timer;
CREATE INDEX run_timer ON workflows.run (due_at) WHERE due_at IS NOT NULL AND (step = 1 OR attempt > 1 OR state = 2 OR reason <> '');
