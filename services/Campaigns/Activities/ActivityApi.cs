using System.Globalization;
using Crm.Activity.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Suppressions;

namespace TagSegments.Campaigns.Activities;

/// <summary>The calls about messages to contacts and the activity of contacts.</summary>
internal sealed partial class ActivityApi(
    CallTools tools, ActivityStore activities, ActivityRecorder recorder, ChangeNotifier clocks, KnownContacts contacts, SuppressionStore suppressions)
    : ActivityService.ActivityServiceBase
{
    public override async Task<RecordActivitiesResponse> RecordActivities(RecordActivitiesRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var read = await CallActivities.ReadAsync(request, account, contacts, tools.Time.GetUtcNow().UtcDateTime, ct);
        var response = request.DryRun
            ? new RecordActivitiesResponse { Recorded = await recorder.CountFreshAsync(account.Id, read.Events, ct) }
            : await RecordAsync(request, account, read.Events, context);
        response.Refused.Add(read.Refused);
        return response;
    }

    public override async Task<ListActivitiesResponse> ListActivities(ListActivitiesRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        new FieldChecks()
            .Require(request.ContactId > 0, "contact_id", "is required")
            .ThrowIfAny();
        var found = await activities.ListAsync(
            account.Id, request.ContactId, Kinds(request.Kinds), ReadPosition(tools.Pages.Read(request)), size + 1, context.CancellationToken);
        var response = new ListActivitiesResponse { Activities = { found.Take(size) } };
        if (found.Count > size)
        {
            var last = response.Activities[^1];
            response.NextPageToken = tools.Pages.Create(
                request, string.Create(CultureInfo.InvariantCulture, $"{last.Time.ToDateTime().Ticks} {last.ActivityId}"));
        }

        return response;
    }

    private async Task<RecordActivitiesResponse> RecordAsync(
        RecordActivitiesRequest request, AccountInfo account, IReadOnlyList<ActivityEvent> events, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        if (request.RequestId.Length == 0 && !request.SkipWorkflows && events.Count <= ActivityRecorder.MostTogether)
        {
            return ToResponse(account, await recorder.RecordAsync(account.Id, events, ct));
        }

        // Many activities, or a call that may be repeated, are recorded in a transaction of their own.
        using var turn = events.Count > ActivityRecorder.MostTogether ? await recorder.EnterAsync(account, ct) : null;
        return await tools.Writes.RunAsync(account, context, request, async tx =>
            ToResponse(account, await ActivityRecorder.RecordAsync(tx, account.Id, events, ct, skipWorkflows: request.SkipWorkflows)));
    }

    private RecordActivitiesResponse ToResponse(AccountInfo account, Recorded recorded) => new()
    {
        Recorded = recorded.Count,
        ConsistencyToken = tools.Tokens.Create(account.Id, recorded.Pos, recorded.Nonce),
    };

    private static short[] Kinds(IEnumerable<Activity.Types.Kind> kinds) => [.. kinds.Select(kind => (short)kind)];

    private static (DateTime, long)? ReadPosition(string? position) =>
        position?.Split(' ') is [var ticks, var id]
            ? (new DateTime(long.Parse(ticks, CultureInfo.InvariantCulture), DateTimeKind.Utc), long.Parse(id, CultureInfo.InvariantCulture))
            : null;
}
