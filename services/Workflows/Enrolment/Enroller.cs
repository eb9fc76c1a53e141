using Crm.Workflows.V1;
using Npgsql;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Enrols contacts without an event of a feed: for a call, for a step of another workflow, and from the backlog.</summary>
internal sealed class Enroller(AccountDatabase database, ActiveVersions versions)
{
    /// <summary>
    /// Enrols contacts into the version of a workflow that takes events now, by its rules; null if the workflow is not published. An event that
    /// comes again enrols nobody. A dry run only counts.
    /// </summary>
    public async Task<EnrolmentCounts?> EnrolAsync(
        int accountId, Guid workflowId, IReadOnlyList<FeedEvent> events, CancellationToken ct, bool isDryRun = false)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var account = await versions.LockAsync(tx, accountId, ct);
        if (account.Versions.SingleOrDefault(version => version.Entrance.WorkflowId == workflowId) is not { } version)
        {
            return null;
        }

        var counts = await EnrolmentStore.StartAsync(account, [.. events.Select(e => new Enrolment(version.Entrance, e))], ct);
        if (!isDryRun)
        {
            await tx.CommitAsync(ct);
        }

        return counts;
    }

    /// <summary>Decides whether a rule would let an event start a version, without starting it.</summary>
    public async Task<(Run.Types.State State, string Reason)> DecideAsync(
        int accountId, Entrance entrance, FeedEvent e, CancellationToken ct)
    {
        var enrolment = new Enrolment(entrance, e);
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        return (await EntryRules.LoadAsync(tx, accountId, [enrolment], ct)).Decide(enrolment);
    }

    /// <summary>Turns enrolments of the backlog into runs, up to a limit; returns their number, 0 if none are left.</summary>
    public async Task<int> WorkOffAsync(int accountId, int limit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        if (!await Backlog.AnyAsync(connection, accountId, ct))
        {
            return 0;
        }

        await using var tx = await connection.BeginTransactionAsync(ct);
        var account = await versions.LockAsync(tx, accountId, ct);
        var next = await Backlog.TakeNextAsync(account, limit, ct);
        await EnrolmentStore.InsertAsync(account, next, ct);
        await tx.CommitAsync(ct);
        return next.Count;
    }

    /// <summary>Makes runs of all enrolments of a workflow in the backlog. The caller's transaction keeps others from being added until its end.</summary>
    public async Task WorkOffAllAsync(NpgsqlTransaction tx, int accountId, Guid workflowId, CancellationToken ct)
    {
        var account = await versions.LockAsync(tx, accountId, ct);
        await EnrolmentStore.InsertAsync(account, await Backlog.TakeAllAsync(account, workflowId, ct), ct);
    }
}
