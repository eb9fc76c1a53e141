using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Chaos.Rig;
using TagSegments.Chaos.Scenarios;

namespace TagSegments.Chaos.Rolls;

/// <summary>
/// Compares what arrived with what was acknowledged: every message once, for every tagging its run with its message, every bulk operation in full, and
/// the counts of segments.
/// </summary>
internal sealed class RollJudge(RollRig rig, MixedLoad load)
{
    private readonly WorkflowJudge _workflows = new(rig.Base.OwnerConnectionString);
    private readonly SegmentService.SegmentServiceClient _segments = new(rig.Connect(Target.Segments));

    /// <summary>Waits until all is done; what a mutant loses never comes.</summary>
    public async Task WaitAsync(TimeSpan patience)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); waited.Elapsed < patience; await Task.Delay(500))
        {
            if (Missing().All(message => message.Value <= 0) && await _workflows.LeftAsync() == 0)
                return;
        }
    }

    public async Task JudgeAsync(ChaosReport report)
    {
        await _workflows.JudgeAsync(report, load.Taggings);
        var missing = Missing();
        var (lost, doubled) = (missing.Where(message => message.Value > 0).ToList(), missing.Where(message => message.Value < 0).ToList());
        report.Tell("messages", load.Expected().Values.Sum());
        report.MustBeZero("messages lost", lost.Sum(message => message.Value), lost.Select(message => $"{message.Key}: {message.Value}"));
        report.MustBeZero("messages doubled", -doubled.Sum(message => message.Value), doubled.Select(message => $"{message.Key}: {-message.Value}"));
        await using var connection = new NpgsqlConnection(rig.Base.OwnerConnectionString);
        var unknown = (await connection.QueryAsync<string>(
            "SELECT address FROM campaigns.recipient WHERE state = @unknown", new { unknown = (int)Recipient.Types.State.Unknown })).ToList();
        report.MustBeZero("messages whose fate is unknown", unknown.Count, unknown);
        report.Tell("bulk operations", load.BulkTags.Count);
        var wrong = new List<string>();
        foreach (var (tag, contacts) in load.BulkTags.Append((WorkflowLoad.SingleTag, load.TaggedNow)))
        {
            var counted = await _segments.CountContactsAsync(new() { Account = RollWorld.Account, Source = new FilterSource { Text = $"has tag \"{tag}\"" } });
            wrong.AddRange(counted.Count == contacts ? [] : [$"{tag}: {counted.Count} instead of {contacts}"]);
        }

        report.MustBeZero("counts wrong", wrong.Count, wrong);
    }

    // How many messages of each sender to each recipient should have come and have not; less than none if there are too many.
    private Dictionary<(string Sender, string Recipient), int> Missing()
    {
        var (mail, expected) = (rig.Base.Mail(), load.Expected());
        return mail.Keys.Union(expected.Keys).ToDictionary(key => key, key => expected.GetValueOrDefault(key) - mail.GetValueOrDefault(key));
    }
}
