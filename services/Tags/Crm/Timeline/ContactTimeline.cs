using Crm.Activity.V1;
using Crm.Contacts.V1;
using Crm.Workflows.V1;

namespace TagSegments.Tags.Crm.Timeline;

/// <summary>Merges the history of a contact in this service with its history in the campaign and workflow services, by time.</summary>
internal sealed class ContactTimeline(
    PageTokens pages, ContactEvents events, ActivityService.ActivityServiceClient activities, WorkflowService.WorkflowServiceClient workflows)
{
    private const int SourcePage = 100;

    /// <summary>Reads the requested page.</summary>
    public async Task<ListContactTimelineResponse> ReadAsync(
        AccountInfo account, ListContactTimelineRequest request, int size, CancellationToken ct)
    {
        var position = pages.Read(request);
        var sources = Sources(account, request.ContactId, ct);
        foreach (var (source, start) in sources.Zip(position?.Split('\n') ?? []))
        {
            source.GoTo(start);
        }

        var response = new ListContactTimelineResponse();
        while (response.Entries.Count < size && await NewestAsync(sources) is { } source)
        {
            response.Entries.Add((await source.PeekAsync())!);
            source.Take();
        }

        if (await NewestAsync(sources) is not null)
        {
            response.NextPageToken = pages.Create(request, string.Join('\n', sources.Select(source => source.Position)));
        }

        return response;
    }

    private static async Task<TimelineSource?> NewestAsync(TimelineSource[] sources)
    {
        (TimelineSource? Source, TimelineEntry? Entry) newest = default;
        foreach (var source in sources)
        {
            if (await source.PeekAsync() is { } entry && (newest.Entry is null || entry.Time > newest.Entry.Time))
            {
                newest = (source, entry);
            }
        }

        return newest.Source;
    }

    private TimelineSource[] Sources(AccountInfo account, int contactId, CancellationToken ct) =>
    [
        new(token => events.ReadAsync(account.Id, contactId, SourcePage, token, ct)),
        new(token => events.ReadTagsAsync(account, contactId, SourcePage, token, ct)),
        new(async token =>
        {
            var request = new ListActivitiesRequest { Account = account.Name, ContactId = contactId, PageSize = SourcePage, PageToken = token };
            var page = await activities.ListActivitiesAsync(request, cancellationToken: ct);
            return ([.. page.Activities.Select(activity => new TimelineEntry { Time = activity.Time, Activity = activity })], page.NextPageToken);
        }),
        new(async token =>
        {
            var request = new ListRunsRequest { Account = account.Name, ContactId = contactId, PageSize = SourcePage, PageToken = token };
            var page = await workflows.ListRunsAsync(request, cancellationToken: ct);
            return ([.. page.Runs.Select(run => new TimelineEntry { Time = run.StartTime, Run = run })], page.NextPageToken);
        }),
        new(async token =>
        {
            var request = new ListStepsRequest { Account = account.Name, ContactId = contactId, NewestFirst = true, PageSize = SourcePage, PageToken = token };
            var page = await workflows.ListStepsAsync(request, cancellationToken: ct);
            return ([.. page.Steps.Select(step => new TimelineEntry { Time = step.Step.Time, Step = step })], page.NextPageToken);
        }),
    ];
}
