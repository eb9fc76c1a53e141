using Crm.Campaigns.V1;
using Dapper;
using Npgsql;
using TagSegments.Chaos.Rig;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Compares the mailbox with the ledger, and the order in which the database committed departures with the order of unsubscribes and pauses. The
/// times of commits are those of the database: a transaction that waited for another one has the later one.
/// </summary>
internal sealed class CampaignJudge(ChaosRig rig)
{
    private const int Lanes = 8;

    private const string Log = """
        CREATE SCHEMA IF NOT EXISTS chaos;
        CREATE TABLE chaos.departure (account_id int, campaign_id uuid, contact_id int, address_key text);
        CREATE TABLE chaos.state (campaign_id uuid, state int);
        CREATE FUNCTION chaos.log_departure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            'BEGIN INSERT INTO chaos.departure VALUES (NEW.account_id, NEW.campaign_id, NEW.contact_id, NEW.address_key); RETURN NULL; END';
        CREATE FUNCTION chaos.log_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            'BEGIN INSERT INTO chaos.state VALUES (NEW.campaign_id, NEW.state); RETURN NULL; END';
        CREATE TRIGGER log AFTER UPDATE ON campaigns.recipient FOR EACH ROW WHEN (NOT NEW.single AND OLD.state IN (1, 6) AND NEW.state IN (3, 4))
            EXECUTE FUNCTION chaos.log_departure();
        CREATE TRIGGER log AFTER UPDATE ON campaigns.campaign FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION chaos.log_state();
        """;

    /// <summary>Makes the database note departures and changes of campaigns.</summary>
    public async Task InstallAsync()
    {
        await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
        await connection.ExecuteAsync(Log);
    }

    public async Task JudgeAsync(ChaosReport report, CampaignLoad load)
    {
        await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
        await JudgeMessagesAsync(report, load, connection);
        await JudgeOrderAsync(report, connection);

        var listed = (await connection.QueryAsync<string>("SELECT address_key FROM campaigns.suppression")).ToHashSet();
        var forgotten = load.Left.Where(address => !listed.Contains(address)).ToList();
        report.Tell("unsubscribed", load.Left.Count);
        report.MustBeZero("unsubscribes forgotten", forgotten.Count, forgotten);
    }

    private async Task JudgeMessagesAsync(ChaosReport report, CampaignLoad load, NpgsqlConnection connection)
    {
        var ledger = (await connection.QueryAsync<(string Name, string Address, int State)>(
            """
            SELECT campaign.name, recipient.address, recipient.state::int
            FROM campaigns.recipient AS recipient
            JOIN campaigns.campaign AS campaign USING (account_id, campaign_id)
            """)).ToDictionary(row => (row.Name, row.Address), row => (State)row.State);
        var mail = rig.Mail();
        var senders = Enumerable.Range(1, load.Sent).ToDictionary(CampaignLoad.Name, CampaignLoad.Sender);
        var expected = senders.Keys.SelectMany(name => Enumerable.Range(1, CampaignLoad.Faithful).Select(contact => (name, CampaignLoad.Address(contact))));
        var rows = ledger.Keys.Union(expected).Select(row =>
        {
            var state = ledger.GetValueOrDefault(row);
            return (Who: $"{row.Item1}, {row.Item2}: {state}", State: state, Copies: mail.GetValueOrDefault((senders[row.Item1], row.Item2)));
        }).ToList();

        var unknown = rows.Count(row => row.State is State.Unknown);
        report.Tell("campaigns", load.Sent);
        report.Tell("recipients", rows.Count);
        report.Tell("unknown", unknown);
        report.Tell("unknown because", (await connection.QueryAsync<(string Detail, int Count)>(
            "SELECT coalesce(detail, ''), count(*)::int FROM campaigns.recipient WHERE state = @unknown AND NOT single GROUP BY 1",
            new { unknown = (int)State.Unknown })).ToDictionary(row => row.Detail, row => row.Count));
        var lost = rows.Where(row => row.Copies == 0 && row.State is not (State.Unknown or State.Skipped)).ToList();
        var doubled = rows.Where(row => row.Copies > 1).ToList();
        var untrue = rows.Where(row => row.Copies == 1 && row.State is not (State.Accepted or State.Unknown)).ToList();
        report.MustBeZero("lost", lost.Count, lost.Select(row => row.Who));
        report.MustBeZero("doubled", doubled.Sum(row => row.Copies - 1), doubled.Select(row => $"{row.Who}, {row.Copies} copies"));
        report.MustBeZero("untrue", untrue.Count, untrue.Select(row => row.Who));
        // Whatever else dies, the sender learns what became of a message.
        var cuts = rig.Kills(Target.Campaigns) + rig.Kills(Target.Smtp);
        report.Tell("deaths of sender or mail server", cuts);
        report.MustBeZero("unknown beyond one per lane and death", Math.Max(0, unknown - (Lanes * cuts)), []);
    }

    private static async Task JudgeOrderAsync(ChaosReport report, NpgsqlConnection connection)
    {
        var late = (await connection.QueryAsync<string>(
            """
            SELECT d.address_key || ' of campaign ' || d.campaign_id
            FROM chaos.departure d
            JOIN campaigns.suppression s USING (account_id, address_key)
            WHERE pg_xact_commit_timestamp(d.xmin) > pg_xact_commit_timestamp(s.xmin)
            """)).ToList();
        report.MustBeZero("left after the unsubscribe", late.Count, late);

        var stopped = (await connection.QueryAsync<string>(
            """
            SELECT d.address_key || ' of campaign ' || d.campaign_id || ' in state ' || COALESCE(s.state, 0)
            FROM chaos.departure d
            LEFT JOIN LATERAL (
                SELECT state
                FROM chaos.state s
                WHERE s.campaign_id = d.campaign_id AND pg_xact_commit_timestamp(s.xmin) <= pg_xact_commit_timestamp(d.xmin)
                ORDER BY pg_xact_commit_timestamp(s.xmin) DESC
                LIMIT 1) s ON true
            WHERE s.state IS DISTINCT FROM 4
            """)).ToList();
        report.Tell("departures", await connection.ExecuteScalarAsync<int>("SELECT count(*)::int FROM chaos.departure"));
        report.MustBeZero("left while not sending", stopped.Count, stopped);
    }
}
