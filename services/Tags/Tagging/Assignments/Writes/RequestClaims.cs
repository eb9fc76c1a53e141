using Crm.Tags.V1;
using Dapper;
using Google.Protobuf;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>Claims the request ids of a group of changes, by the rules of single calls, many at a time.</summary>
internal sealed class RequestClaims(AccountTransaction transaction)
{
    /// <summary>Claims the request ids and tells what to do with the changes that were answered before.</summary>
    public async Task<Dictionary<PendingChange, Action<PendingChange>>> ClaimAsync(List<PendingChange> group, CancellationToken ct)
    {
        var repeatable = group.Where(change => change.Request is not null).ToList();
        if (repeatable.Count == 0)
        {
            return [];
        }

        var claimed = await InsertAsync(repeatable, ct);
        var repeated = repeatable.Where(change => !claimed.Contains(change.Request!.Identity)).ToList();
        return repeated.Count == 0 ? [] : Outcomes(repeated, await FindAsync(repeated, ct));
    }

    /// <summary>Keeps the answers, and gives back the ids of calls that failed: a failed call may be repeated.</summary>
    public async Task FinishAsync(
        List<(PendingChange Change, ChangeOutcome Outcome)> done, IEnumerable<PendingChange> others, CancellationToken ct)
    {
        var answered = done.Where(entry => entry.Change.Request is not null).ToList();
        if (answered.Count > 0)
        {
            await StoreAsync(answered, ct);
        }

        var failed = others.Where(change => change.Request is not null).ToList();
        if (failed.Count > 0)
        {
            await ReleaseAsync(failed, ct);
        }
    }

    // Inserting makes a concurrent twin in another process wait until this transaction ends.
    private async Task<HashSet<(string, string, string)>> InsertAsync(List<PendingChange> changes, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO crm.request (account_id, principal, method, request_id, payload_hash)
            SELECT @AccountId, r.*
            FROM unnest(@principals, @methods, @ids, @hashes) AS r (principal, method, id, hash)
            ORDER BY 2, 3, 4
            ON CONFLICT DO NOTHING
            RETURNING principal, method, request_id
            """;
        var rows = await transaction.Connection.QueryAsync<(string, string, string)>(Command(sql, changes, ct));
        return [.. rows];
    }

    private async Task<Dictionary<(string, string, string), (byte[] Hash, byte[] Response)>> FindAsync(
        List<PendingChange> changes, CancellationToken ct)
    {
        const string sql = """
            SELECT principal, method, request_id, payload_hash, response
            FROM crm.request
            JOIN unnest(@principals, @methods, @ids) AS r (principal, method, request_id) USING (principal, method, request_id)
            WHERE account_id = @AccountId
            """;
        var rows = await transaction.Connection.QueryAsync<(string Principal, string Method, string Id, byte[] Hash, byte[] Response)>(
            Command(sql, changes, ct));
        return rows.ToDictionary(row => (row.Principal, row.Method, row.Id), row => (row.Hash, row.Response));
    }

    private Task<int> StoreAsync(List<(PendingChange Change, ChangeOutcome Outcome)> answered, CancellationToken ct)
    {
        const string sql = """
            UPDATE crm.request
            SET response = r.response
            FROM unnest(@principals, @methods, @ids, @responses) AS r (principal, method, id, response)
            WHERE account_id = @AccountId AND request.principal = r.principal AND request.method = r.method AND request_id = r.id
            """;
        var responses = answered.Select(entry => ToStored(entry.Outcome)).ToArray();
        return transaction.Connection.ExecuteAsync(Command(sql, [.. answered.Select(entry => entry.Change)], ct, responses));
    }

    private Task<int> ReleaseAsync(List<PendingChange> failed, CancellationToken ct)
    {
        const string sql = """
            DELETE FROM crm.request
            USING unnest(@principals, @methods, @ids) AS r (principal, method, id)
            WHERE account_id = @AccountId AND request.principal = r.principal AND request.method = r.method AND request_id = r.id
                AND response IS NULL
            """;
        return transaction.Connection.ExecuteAsync(Command(sql, failed, ct));
    }

    private CommandDefinition Command(string sql, List<PendingChange> changes, CancellationToken ct, byte[][]? responses = null) => new(
        sql,
        new
        {
            transaction.AccountId,
            principals = changes.Select(change => change.Request!.Principal).ToArray(),
            methods = changes.Select(change => change.Request!.Method).ToArray(),
            ids = changes.Select(change => change.Request!.RequestId).ToArray(),
            hashes = changes.Select(change => change.Request!.PayloadHash).ToArray(),
            responses = responses ?? [],
        },
        transaction.Transaction,
        cancellationToken: ct);

    private static Dictionary<PendingChange, Action<PendingChange>> Outcomes(
        List<PendingChange> repeated, Dictionary<(string, string, string), (byte[] Hash, byte[] Response)> stored)
    {
        var outcomes = new Dictionary<PendingChange, Action<PendingChange>>();
        foreach (var change in repeated)
        {
            var (hash, response) = stored[change.Request!.Identity];
            outcomes[change] = hash.AsSpan().SequenceEqual(change.Request.PayloadHash)
                ? again => again.Complete(FromStored(response))
                : clash => clash.Fail(Idempotency.Reused(clash.Request!.RequestId));
        }

        return outcomes;
    }

    // AddTagsResponse and RemoveTagsResponse have the same fields under the same numbers, so one form serves both.
    private static byte[] ToStored(ChangeOutcome outcome) =>
        new AddTagsResponse { AddedTagIds = { outcome.ChangedTagIds }, ConsistencyToken = outcome.ConsistencyToken }.ToByteArray();

    private static ChangeOutcome FromStored(byte[] response)
    {
        var stored = AddTagsResponse.Parser.ParseFrom(response);
        return new([.. stored.AddedTagIds], stored.ConsistencyToken);
    }
}
