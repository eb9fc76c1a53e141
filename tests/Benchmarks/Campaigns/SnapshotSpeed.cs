using System.Diagnostics;
using TagSegments.Embedded.Smtp;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Benchmarks.Campaigns;

/// <summary>
/// Freezing an audience: evaluation, addresses, consent, suppression and the ledger, from the call to the commit, against writing the same
/// contacts into an identical table by one plain statement.
/// </summary>
internal static class SnapshotSpeed
{
    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var fixture = await CampaignFixture.StartAsync(options.Contacts);
        // Nothing is sent, so the machine has nothing else to do.
        fixture.Mail.Script = step => step.Stage == SmtpStage.Connect ? SmtpReaction.Refuse(421, "Later") : default;
        await fixture.ExecuteAsync("CREATE SCHEMA bench; CREATE TABLE bench.recipient (LIKE campaigns.recipient INCLUDING ALL)");
        var (ours, plain) = (new List<double>(), new List<double>());
        for (var round = 0; round <= options.Rounds; round++)
        {
            ours.Add(await SnapshotAsync(fixture));
            plain.Add(await InsertAsync(fixture));
        }

        // The first round warms up.
        report.AtMost(
            "freeze an audience", Interleaved.Median(ours[1..]), "INSERT ... SELECT", Interleaved.Median(plain[1..]), "ms", 1.5);
    }

    private static async Task<double> SnapshotAsync(CampaignFixture fixture)
    {
        var started = Stopwatch.GetTimestamp();
        var campaign = await fixture.SendAsync();
        await fixture.WaitAsync(campaign, State.Sending);
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await fixture.ExecuteAsync("UPDATE campaigns.campaign SET state = 7 WHERE campaign_id = @id", new { id = Guid.Parse(campaign) });
        await ClearAsync(fixture, "campaigns.recipient");
        return time;
    }

    private static async Task<double> InsertAsync(CampaignFixture fixture)
    {
        var started = Stopwatch.GetTimestamp();
        await fixture.ExecuteAsync(
            """
            INSERT INTO bench.recipient (account_id, campaign_id, contact_id, channel, address, address_key, state, consent)
            SELECT account_id, @campaign, contact_id, 1, email, email_key, 1, email_consent
            FROM crm.contact
            WHERE deleted_at IS NULL
            """,
            new { campaign = Guid.NewGuid() });
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await ClearAsync(fixture, "bench.recipient");
        return time;
    }

    // The checkpoint that one measurement causes must not slow the next.
    private static Task ClearAsync(CampaignFixture fixture, string table) => fixture.ExecuteAsync($"TRUNCATE {table}; CHECKPOINT");
}
