using TagSegments.Chaos.Scenarios;

namespace TagSegments.Chaos.Soak;

/// <summary>A wrong variant for each judge of a soak.</summary>
internal static class SoakMutants
{
    public static MutantSet All { get; } = new(new Dictionary<string, string>
    {
        // A segment does not see every change of its account. The table has no account_id: what erases accounts looks for that column, and has no
        // right to this table, so no account would be erased.
        ["overlooks-changes"] = """
            CREATE TABLE crm.seen_clock AS SELECT account_id AS account, pos, nonce, floor FROM crm.clock;
            ALTER TABLE crm.seen_clock ADD PRIMARY KEY (account);
            GRANT SELECT ON crm.seen_clock TO tagsegments_segments, tagsegments_segments_work;
            CREATE FUNCTION crm.mutant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF random() < 0.95 THEN
                    INSERT INTO crm.seen_clock AS c VALUES (NEW.account_id, NEW.pos, NEW.nonce, NEW.floor)
                    ON CONFLICT (account) DO UPDATE SET (pos, nonce, floor) = (NEW.pos, NEW.nonce, NEW.floor);
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER mutant AFTER INSERT OR UPDATE ON crm.clock FOR EACH ROW EXECUTE FUNCTION crm.mutant();
            CREATE OR REPLACE VIEW crm.segment_clock WITH (security_invoker = true) AS
                SELECT account AS account_id, pos, nonce, floor FROM crm.seen_clock;
            """,
        ["forgets-events"] = BulkMutants.All["forgets-events"],
        ["drops-recipients"] = CampaignMutants.All["drops-recipients"],
        ["moves-cursor-early"] = WorkflowMutants.All["moves-cursor-early"],
        ["keeps-addresses"] = ErasureMutants.All["keeps-addresses"],
    });
}
