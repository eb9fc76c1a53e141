using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Diagnostics;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>
/// Commits the single changes of an account together: one loop per account takes what waits and makes one transaction of it. Without it
/// every writer would wait for the account's clock row, which only one transaction at a time can hold.
/// </summary>
internal sealed class AssignmentWriter : IAsyncDisposable
{
    private const int MaxGroup = 500;
    private readonly AccountCoalescers<PendingChange, ChangeOutcome> _accounts;
    private readonly ILogger<AssignmentWriter> _logger;

    public AssignmentWriter(GenericPlanPool database, RequestLog log, ConsistencyTokens tokens, ILogger<AssignmentWriter> logger)
    {
        _logger = logger;
        _accounts = new(accountId =>
        {
            var commit = new GroupCommit(database.Connections, log, tokens, accountId);
            return new(group => CommitAsync(commit, [.. group]), MaxGroup, IndependentChanges.Take) { Span = ("tags.commit", accountId) };
        });
    }

    /// <summary>Waits for the change to be committed; a caller that goes away does not take it back.</summary>
    public Task<ChangeOutcome> CommitAsync(int accountId, PendingChange change, CancellationToken ct) => _accounts.RunAsync(accountId, change, ct);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _accounts.DisposeAsync();

    private async Task CommitAsync(GroupCommit commit, List<PendingChange> group)
    {
        try
        {
            await commit.CommitAsync(group);
            TagMetrics.Committed(group.Count);
        }
        catch (PostgresException e) when (group.Count > 1 && !e.IsTransient)
        {
            // The database refuses one change of the group: each is committed alone, so that only that one fails.
            _logger.GroupSplit(e, group.Count);
            foreach (var change in group)
            {
                await CommitAloneAsync(commit, change);
            }
        }
    }

    private async Task CommitAloneAsync(GroupCommit commit, PendingChange change)
    {
        try
        {
            await CommitAsync(commit, [change]);
        }
        catch (Exception e)
        {
            change.Fail(e);
        }
    }
}
