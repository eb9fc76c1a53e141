using Crm.Tags.V1;
using Google.Protobuf;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>Claims the request ids of a group of changes, by the rules of single calls, many at a time.</summary>
internal sealed class RequestClaims(RequestLog log, AccountTransaction transaction)
{
    /// <summary>Claims the request ids and returns what to do with the changes that were answered before.</summary>
    public async Task<Dictionary<PendingChange, Action<PendingChange>>> ClaimAsync(List<PendingChange> group, CancellationToken ct)
    {
        var repeatable = group.Where(change => change.Request is not null).ToList();
        if (repeatable.Count == 0)
        {
            return [];
        }

        var claimed = await log.ClaimAsync(transaction.Transaction, transaction.AccountId, Keys(repeatable), ct);
        var repeated = repeatable.Where(change => !claimed.Contains(change.Request!.Identity)).ToList();
        return repeated.Count == 0
            ? []
            : Outcomes(repeated, await log.FindAsync(transaction.Connection, transaction.AccountId, Keys(repeated), ct));
    }

    /// <summary>Keeps the answers, and gives back the ids of calls that failed: a failed call may be repeated.</summary>
    public async Task FinishAsync(
        List<(PendingChange Change, ChangeOutcome Outcome)> done, IEnumerable<PendingChange> others, CancellationToken ct)
    {
        var answered = done
            .Where(entry => entry.Change.Request is not null)
            .Select(entry => (entry.Change.Request!, ToStored(entry.Outcome)))
            .ToList();
        if (answered.Count > 0)
        {
            await log.StoreAsync(transaction.Transaction, transaction.AccountId, answered, ct);
        }

        var failed = others.Where(change => change.Request is not null).ToList();
        if (failed.Count > 0)
        {
            await log.ReleaseAsync(transaction.Transaction, transaction.AccountId, Keys(failed), ct);
        }
    }

    private static List<RequestKey> Keys(List<PendingChange> changes) => changes.ConvertAll(change => change.Request!);

    private static Dictionary<PendingChange, Action<PendingChange>> Outcomes(
        List<PendingChange> repeated, Dictionary<(string, string, string), (byte[] PayloadHash, byte[] Response)> answered)
    {
        var outcomes = new Dictionary<PendingChange, Action<PendingChange>>();
        foreach (var change in repeated)
        {
            var (hash, response) = answered[change.Request!.Identity];
            outcomes[change] = change.Request.ClashWith(hash) is { } clash
                ? clashing => clashing.Fail(clash)
                : again => again.Complete(FromStored(response));
        }

        return outcomes;
    }

    // AddTagsResponse and RemoveTagsResponse have the same fields under the same numbers, so one form serves both.
    private static IMessage ToStored(ChangeOutcome outcome) =>
        new AddTagsResponse { AddedTagIds = { outcome.ChangedTagIds }, ConsistencyToken = outcome.ConsistencyToken };

    private static ChangeOutcome FromStored(byte[] response)
    {
        var stored = AddTagsResponse.Parser.ParseFrom(response);
        return new([.. stored.AddedTagIds], stored.ConsistencyToken);
    }
}
