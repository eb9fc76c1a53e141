using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Enrolment;

/// <summary>A published version, and when it takes or took events.</summary>
internal sealed record ActiveVersion(Guid WorkflowId, int Version, Definition Definition, DateTime ActiveFrom, DateTime? ActiveUntil)
{
    /// <summary>Whether it starts on names of tags, which then have to be loaded.</summary>
    public bool AsksForTagNames => Definition.Triggers.Any(trigger => trigger.Tag is { NamePrefix.Length: > 0 });

    /// <summary>Whether its runs may watch events of their contacts.</summary>
    public bool MayWatch => Definition.Goals.Count > 0 || Definition.Nodes.Any(node => node.Wait?.Until is not null);

    /// <summary>Whether entries into segments start it.</summary>
    public bool WatchesSegments => ActiveUntil is null && Definition.Triggers.Any(trigger => trigger.SegmentEntered is not null);

    public bool Takes(DateTime time) => ActiveFrom <= time && (ActiveUntil is null || time < ActiveUntil);

    public bool StartsOn(FeedEvent e, string tagName) => Definition.Triggers.Any(trigger => e.Starts(trigger, tagName));
}

/// <summary>An account that a transaction has locked, with its versions: they stay as they are until the transaction ends.</summary>
internal sealed record LockedAccount(NpgsqlTransaction Tx, int Id, IReadOnlyList<ActiveVersion> Versions);

/// <summary>The versions of an account, remembered until a publication changes them.</summary>
internal sealed class ActiveVersions(MemoryBudget memory)
{
    private readonly AccountCache<int, Known> _accounts = new(memory, "workflow versions", (_, known) => known.Bytes);

    /// <summary>Gets the versions as this process saw them last, without a lock: others may have been published since.</summary>
    public IReadOnlyList<ActiveVersion> LastSeen(int accountId) => _accounts.TryGet(accountId, out var known) ? known.Versions : [];

    /// <summary>Locks the account and gets its versions.</summary>
    public async Task<LockedAccount> LockAsync(NpgsqlTransaction tx, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT generation FROM workflows.account WHERE account_id = @accountId FOR UPDATE";
        var generation = await tx.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { accountId }, tx, cancellationToken: ct));
        if (!_accounts.TryGet(accountId, out var known) || known.Generation != generation)
        {
            known = await LoadAsync(tx, accountId, generation, ct);
            _accounts.Set(accountId, known);
        }

        return new LockedAccount(tx, accountId, known.Versions);
    }

    private static async Task<Known> LoadAsync(NpgsqlTransaction tx, int accountId, long generation, CancellationToken ct)
    {
        const string sql = """
            SELECT workflow_id, version, definition::text, active_from, active_until
            FROM workflows.workflow_version
            WHERE account_id = @accountId
            ORDER BY workflow_id, version
            """;
        var rows = (await tx.Connection!.QueryAsync<(Guid Id, int Version, string Definition, DateTime From, DateTime? Until)>(
            new CommandDefinition(sql, new { accountId }, tx, cancellationToken: ct))).AsList();
        return new Known(
            generation,
            [.. rows.Select(row => new ActiveVersion(row.Id, row.Version, DefinitionJson.Parse(row.Definition), row.From, row.Until))],
            rows.Sum(row => DefinitionJson.Bytes(row.Definition)));
    }

    private sealed record Known(long Generation, IReadOnlyList<ActiveVersion> Versions, long Bytes);
}
