using System.Globalization;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Cli.Commands.Segments;
using RecipientState = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Standalone.Demo;

// The checks after the campaign's time, and the lines that people want to see.
internal sealed partial class MainJob
{
    private async Task<Campaign> SentAsync(Campaign campaign, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        using var call = services.Campaigns.WatchCampaign(new() { Account = account, CampaignId = campaign.CampaignId }, cancellationToken: patience.Token);
        try
        {
            await foreach (var change in call.ResponseStream.ReadAllAsync(patience.Token))
                campaign = change.Campaign;
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled } && !ct.IsCancellationRequested)
        {
            // Not sent in time; the check below reports it.
        }
        report.Check(campaign.State is Campaign.Types.State.Sent, $"the campaign's state is Sent{(campaign.Problem is "" ? "" : $" ({campaign.Problem})")}");
        var evaluated = campaign.EvaluationTime.ToDateTimeOffset();
        report.Check(evaluated >= campaign.Schedule.RunTime.ToDateTimeOffset(), string.Create(CultureInfo.InvariantCulture, $"the segment was evaluated at {evaluated:HH:mm:ss} UTC, not before the scheduled time"));
        return campaign;
    }

    private async Task<IReadOnlyList<Recipient>> CheckLedgerAsync(Campaign campaign, HashSet<int> audience, HashSet<int> declined, CancellationToken ct)
    {
        var ledger = new List<Recipient>();
        var request = new ListRecipientsRequest { Account = account, CampaignId = campaign.CampaignId, PageSize = 10_000 };
        do
        {
            var page = await services.Campaigns.ListRecipientsAsync(request, cancellationToken: ct);
            ledger.AddRange(page.Recipients);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");

        report.Check(audience.SetEquals(ledger.Select(r => r.ContactId)), string.Create(CultureInfo.InvariantCulture, $"the audience is exactly the {audience.Count:N0} contacts that qualify at that moment, with the late addition and without the late removal"));
        var skipped = ledger.Where(r => r.State is RecipientState.Skipped && r.Reason is Recipient.Types.Reason.Unsubscribed).Select(r => r.ContactId);
        report.Check(declined.SetEquals(skipped), string.Create(CultureInfo.InvariantCulture, $"left out as unsubscribed: {declined.Count:N0}"));
        var accepted = ledger.Where(r => r.State is RecipientState.Accepted).ToList();
        report.Check(audience.Except(declined).ToHashSet().SetEquals(accepted.Select(r => r.ContactId)), string.Create(CultureInfo.InvariantCulture, $"accepted by the mail server: all {accepted.Count:N0} others"));
        return accepted;
    }

    private void CheckSink(Func<string, IReadOnlyList<string>>? sink, IReadOnlyList<Recipient> recipients)
    {
        if (sink is null)
            return;
        var expected = recipients.Select(r => r.Address).Order(StringComparer.Ordinal);
        report.Check(expected.SequenceEqual(sink(Subject).Order(StringComparer.Ordinal)), "the mail server has exactly one message for each of them");
    }

    // Recipients are tagged as their messages are accepted, a moment later.
    private async Task CheckRecipientTagAsync(IReadOnlyList<Recipient> recipients, CancellationToken ct) =>
        await CheckHoldersAsync(RecipientTag, recipients.Select(r => r.ContactId).ToHashSet(), "recipients", ct);

    private async Task CheckWorkflowTagAsync(HashSet<int> austrians, CancellationToken ct) =>
        await CheckHoldersAsync(WorkflowTag, austrians, "hot leads in Austria", ct);

    private async Task CheckHoldersAsync(string tag, HashSet<int> expected, string who, CancellationToken ct)
    {
        var filter = $"has tag \"{tag}\"";
        await WaitForAsync(async () => await CountAsync(new() { Text = filter }, ct) >= expected.Count, ct);
        var holders = new HashSet<int>();
        using var call = services.Segments.StreamMatches(new() { Account = account, Source = new() { Text = filter } }, cancellationToken: ct);
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
            holders.UnionWith(Matches.Ids(part));
        report.Check(expected.SetEquals(holders), string.Create(CultureInfo.InvariantCulture, $"exactly the {expected.Count:N0} {who} have the tag \"{tag}\""));
    }

    private async Task CheckRunsAsync(Workflow workflow, HashSet<int> tagged, CancellationToken ct)
    {
        var runs = new List<Run>();
        await WaitForAsync(async () =>
        {
            runs = await RunsAsync(workflow.WorkflowId, ct);
            return runs.Count(run => run.State is Run.Types.State.Completed) >= tagged.Count;
        }, ct);
        report.Check(tagged.Count, runs.Count, $"runs, one per contact that got \"{HotLead}\"");
        report.Check(tagged.SetEquals(runs.Select(run => run.ContactId)) && runs.All(run => run.State is Run.Types.State.Completed), $"each of them completed{Others(runs)}");
        var notified = runs.Count(run => run.NodeId is "tell-sales");
        report.Detail(string.Create(CultureInfo.InvariantCulture, $"{notified:N0} notifications to {NotificationAddress}"));
    }

    // What a failed check says of the runs that did not complete.
    private static string Others(List<Run> runs) => string.Concat(runs
        .Where(run => run.State is not Run.Types.State.Completed)
        .GroupBy(run => (run.State, run.NodeId, run.Reason))
        .Select(group => string.Create(
            CultureInfo.InvariantCulture, $"; {group.Count()} {group.Key.State} at {group.Key.NodeId} {group.Key.Reason}, due {group.First().DueTime}, {group.First().FailedAttempts} attempts")));

    private async Task<List<Run>> RunsAsync(string workflowId, CancellationToken ct)
    {
        var runs = new List<Run>();
        var request = new ListRunsRequest { Account = account, WorkflowId = workflowId, PageSize = 1000 };
        do
        {
            var page = await services.Workflows.ListRunsAsync(request, cancellationToken: ct);
            runs.AddRange(page.Runs);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken is not "");
        return runs;
    }

    private async Task ShowAsync(IReadOnlyList<Recipient> recipients, Contact added, (DemoContact Contact, int Id) removed, CancellationToken ct)
    {
        var shown = recipients.Take(5).Concat(recipients.Where(r => r.ContactId == added.ContactId)).DistinctBy(r => r.ContactId).ToList();
        var tags = await services.Tags.BatchGetContactTagsAsync(
            new() { Account = account, ContactIds = { shown.Select(r => r.ContactId).Append(removed.Id) } }, cancellationToken: ct);
        foreach (var (recipient, contact) in shown.Zip(tags.Contacts))
            report.Detail($"{recipient.Address}: got \"{Subject}\", tags: {string.Join(", ", contact.Tags.Select(t => t.Name))}");
        if (recipients.Count > shown.Count)
            report.Detail(string.Create(CultureInfo.InvariantCulture, $"... and {recipients.Count - shown.Count:N0} more"));
        report.Detail($"{removed.Contact.Email}: got nothing, tags: {string.Join(", ", tags.Contacts[^1].Tags.Select(t => t.Name))}");
    }

    private async Task WaitForAsync(Func<Task<bool>> isSo, CancellationToken ct)
    {
        var end = time.GetUtcNow() + Patience;
        while (!await isSo() && time.GetUtcNow() < end)
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
    }
}
