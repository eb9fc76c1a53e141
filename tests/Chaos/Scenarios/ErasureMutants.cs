namespace TagSegments.Chaos.Scenarios;

/// <summary>Wrong variants of erasures.</summary>
internal static class ErasureMutants
{
    public static MutantSet All { get; } = new(new Dictionary<string, string>
    {
        // A service that was interrupted believes that it was done.
        ["takes-part-for-whole"] = """
            ALTER FUNCTION campaigns.erase_account_rows RENAME TO all_account_rows;
            CREATE FUNCTION campaigns.erase_account_rows(erased_account int, most int) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS
                'SELECT CASE WHEN random() < 0.3 THEN 0 ELSE campaigns.all_account_rows(erased_account, most) END';
            GRANT EXECUTE ON FUNCTION campaigns.erase_account_rows TO tagsegments_campaigns;
            """,
        // What was asked for is only in the memory of a process.
        ["forgets-people"] = """
            CREATE FUNCTION crm.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.finished_at := CASE WHEN random() < 0.3 THEN now() END; RETURN NEW; END';
            CREATE TRIGGER a_mutant BEFORE INSERT ON crm.erasure FOR EACH ROW EXECUTE FUNCTION crm.mutant();
            """,
        // The ledger keeps whom it sent something.
        ["keeps-addresses"] = """
            CREATE FUNCTION campaigns.mutant() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN NEW.address := OLD.address; RETURN NEW; END';
            CREATE TRIGGER a_mutant BEFORE UPDATE ON campaigns.recipient FOR EACH ROW
                WHEN (OLD.address <> NEW.address AND NEW.address = '') EXECUTE FUNCTION campaigns.mutant();
            """,
        // A WHERE without the account.
        ["erases-neighbours"] = """
            CREATE FUNCTION crm.mutant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                'BEGIN DELETE FROM campaigns.activity WHERE contact_id = 1; RETURN NULL; END';
            CREATE TRIGGER a_mutant AFTER DELETE ON crm.account FOR EACH ROW EXECUTE FUNCTION crm.mutant();
            """,
    });
}
