namespace TagSegments.Chaos.Scenarios;

/// <summary>Wrong variants of the workflow service.</summary>
internal static class WorkflowMutants
{
    public static MutantSet All { get; } = new(new Dictionary<string, string>
    {
        // The cursor moves before the runs are safe: some runs are never there.
        ["moves-cursor-early"] = """
            CREATE FUNCTION workflows.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN CASE WHEN random() < 0.01 THEN NULL ELSE NEW END; END';
            CREATE TRIGGER mutant BEFORE INSERT ON workflows.run FOR EACH ROW EXECUTE FUNCTION workflows.mutant();
            """,
        // The cursor is saved apart from the runs and sometimes lost, and nothing else shows that an event was handled.
        ["moves-cursor-late"] = """
            CREATE FUNCTION workflows.mutant_cursor() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.position := CASE WHEN random() < 0.05 THEN OLD.position ELSE NEW.position END; RETURN NEW; END';
            CREATE TRIGGER mutant BEFORE UPDATE ON workflows.cursor FOR EACH ROW EXECUTE FUNCTION workflows.mutant_cursor();
            CREATE FUNCTION workflows.mutant_run() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.event_id := NEW.event_id || chr(32) || random(); RETURN NEW; END';
            CREATE TRIGGER mutant BEFORE INSERT ON workflows.run FOR EACH ROW EXECUTE FUNCTION workflows.mutant_run();
            """,
        // Deferred work is taken out of the backlog before its runs are safe.
        ["forgets-backlog"] = """
            CREATE FUNCTION workflows.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN CASE WHEN random() < 0.1 THEN NULL ELSE NEW END; END';
            CREATE TRIGGER mutant BEFORE INSERT ON workflows.backlog FOR EACH ROW EXECUTE FUNCTION workflows.mutant();
            """,
        // What is counted is sometimes forgotten.
        ["forgets-counts"] = """
            CREATE FUNCTION workflows.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN CASE WHEN random() < 0.05 THEN NULL ELSE NEW END; END';
            CREATE TRIGGER mutant BEFORE INSERT ON workflows.node_count FOR EACH ROW EXECUTE FUNCTION workflows.mutant();
            """,
        // A call that is repeated is carried out again.
        ["forgets-requests"] = """
            CREATE FUNCTION campaigns.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN DELETE FROM campaigns.request WHERE request_id = NEW.request_id; RETURN NULL; END';
            CREATE TRIGGER mutant AFTER UPDATE ON campaigns.request FOR EACH ROW EXECUTE FUNCTION campaigns.mutant();
            """,
    });
}
