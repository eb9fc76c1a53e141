namespace TagSegments.Chaos.Scenarios;

/// <summary>Wrong variants of bulk operations.</summary>
internal static class BulkMutants
{
    public static MutantSet All { get; } = new(new Dictionary<string, string>
    {
        // A step is done and its note sometimes lost, as if it were written in a transaction of its own: the step is repeated.
        ["repeats-steps"] = """
            CREATE FUNCTION tags.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN CASE WHEN random() < 0.1 THEN NULL ELSE NEW END; END';
            CREATE TRIGGER mutant BEFORE UPDATE ON tags.bulk_chunk FOR EACH ROW EXECUTE FUNCTION tags.mutant();
            """,
        // A step is noted before it is done, and sometimes never done.
        ["skips-steps"] = """
            CREATE FUNCTION tags.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN CASE WHEN random() < 0.05 THEN NULL ELSE NEW END; END';
            CREATE TRIGGER mutant BEFORE INSERT ON tags.bulk_chunk FOR EACH ROW EXECUTE FUNCTION tags.mutant();
            """,
        // The bits are changed and the event is written apart from them, and sometimes lost.
        ["forgets-events"] = """
            CREATE FUNCTION tags.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN CASE WHEN NEW.tag_id > 0 AND random() < 0.01 THEN NULL ELSE NEW END; END';
            CREATE TRIGGER mutant BEFORE INSERT ON tags.tag_change FOR EACH ROW EXECUTE FUNCTION tags.mutant();
            """,
        // An undo does not see the changes of single contacts since.
        ["undoes-too-much"] = """
            CREATE FUNCTION tags.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN UPDATE tags.tag_change SET cause_kind = 10
                       WHERE NEW.undo_of IS NOT NULL AND account_id = NEW.account_id AND contact_id IS NOT NULL; RETURN NEW; END';
            CREATE TRIGGER mutant AFTER INSERT ON tags.bulk_operation FOR EACH ROW EXECUTE FUNCTION tags.mutant();
            """,
    });
}
