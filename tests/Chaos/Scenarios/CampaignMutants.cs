namespace TagSegments.Chaos.Scenarios;

/// <summary>Wrong variants of the campaign service.</summary>
internal static class CampaignMutants
{
    public static MutantSet All { get; } = new(new Dictionary<string, string>
    {
        // Unknown messages are simply sent again.
        ["resends-unknown"] = Trigger(
            "recipient", "BEFORE UPDATE", "NEW.state = 8", "NEW.state := 1; NEW.reason := 0; NEW.due_at := NULL; RETURN NEW;"),
        // The audience is not frozen as a whole.
        ["drops-recipients"] = Trigger(
            "recipient", "BEFORE INSERT", "NEW.state = 1", "RETURN CASE WHEN random() < 0.005 THEN NULL ELSE NEW END;"),
        // An answer gets lost on its way to the ledger, and nothing notices.
        ["loses-answers"] = Trigger(
            "recipient", "BEFORE UPDATE", "OLD.state = 3 AND NEW.state = 4", "RETURN CASE WHEN random() < 0.005 THEN NULL ELSE NEW END;"),
        // The suppression list is read before a batch is taken, not as each message leaves.
        ["overlooks-unsubscribes"] = Trigger(
            "recipient", "BEFORE UPDATE", "OLD.state IN (1, 6) AND NEW.state = 7 AND NEW.reason IN (3, 5) AND OLD.contact_id > 0",
            "IF NEW.fence = OLD.fence THEN RETURN NULL; END IF; NEW.state := 3; NEW.reason := 0; RETURN NEW;"),
        // The unsubscribe is acknowledged before it is safe.
        ["forgets-unsubscribes"] = Trigger(
            "suppression", "BEFORE INSERT", "true", "RETURN CASE WHEN random() < 0.2 THEN NULL ELSE NEW END;"),
    });

    // Its name comes before those of the stops, so they see the changes of the mutant.
    private static string Trigger(string table, string when, string change, string body) =>
        $"""
        CREATE FUNCTION campaigns.mutant() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
        CREATE TRIGGER a_mutant {when} ON campaigns.{table} FOR EACH ROW WHEN ({change}) EXECUTE FUNCTION campaigns.mutant();
        """;
}
