using Dapper;
using Google.Protobuf.WellKnownTypes;
using Proto = Crm.Accounts.V1.AdminEvent;

namespace TagSegments.Tags.Crm.Accounts.Audit;

/// <summary>The audit trail of administrators in the database. Events can be added, and the outcome of each once.</summary>
internal sealed class AdminEventStore(AccountDatabase database, AccountDirectory accounts)
{
    /// <summary>The account of what the platform does.</summary>
    public const int Platform = 0;

    /// <summary>Writes an event, or the outcome of one that was written before.</summary>
    public async Task WriteAsync(AdminEvent entry, string? outcome, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO crm.admin_event AS e (account_id, event_id, at, actor, call, named, outcome)
            VALUES (@accountId, @Id, @At, @Actor, @Call, @Named, @outcome)
            ON CONFLICT (account_id, event_id) DO UPDATE SET outcome = excluded.outcome WHERE e.outcome IS NULL
            """;
        var accountId = entry.Account.Length == 0 ? Platform : (await accounts.GetAsync(entry.Account, ct)).Id;
        await using var connection = await database.OpenAsync(accountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(
            sql, new { accountId, entry.Id, entry.At, entry.Actor, entry.Call, entry.Named, outcome }, cancellationToken: ct));
    }

    /// <summary>Lists events before <paramref name="before"/>, the newest first; null means from the newest on.</summary>
    public async Task<List<Proto>> ListAsync(int accountId, Guid? before, int limit, CancellationToken ct)
    {
        const string sql = """
            SELECT event_id, at, actor, call, named, outcome
            FROM crm.admin_event
            WHERE account_id = @accountId AND (@before::uuid IS NULL OR event_id < @before)
            ORDER BY event_id DESC
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { accountId, before, limit }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToProto())];
    }

    private sealed record Row(Guid EventId, DateTime At, string Actor, string Call, string Named, string? Outcome)
    {
        public Proto ToProto() => new()
        {
            EventId = EventId.ToString(),
            Time = At.ToTimestamp(),
            Actor = Actor,
            Call = Call,
            Named = Named,
            Outcome = Outcome ?? "",
        };
    }
}
