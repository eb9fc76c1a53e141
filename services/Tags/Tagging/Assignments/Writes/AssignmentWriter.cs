using System.Collections.Concurrent;
using Npgsql;
using TagSegments.ServiceDefaults;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Diagnostics;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>
/// Commits the single changes of an account together: one loop per account takes what waits and makes one transaction of it. Without it
/// every writer would wait for the account's clock row, which only one transaction at a time can hold.
/// </summary>
internal sealed class AssignmentWriter(GenericPlanPool database, RequestLog log, ConsistencyTokens tokens, ILogger<AssignmentWriter> logger)
{
    private readonly ConcurrentDictionary<int, Queue> _queues = new();

    /// <summary>Waits for the change to be committed; a caller that goes away does not take it back.</summary>
    public async Task<ChangeOutcome> CommitAsync(int accountId, PendingChange change, CancellationToken ct)
    {
        var queue = _queues.GetOrAdd(accountId, id => new Queue(new GroupCommit(database.Connections, log, tokens, id), logger));
        if (queue.Add(change))
        {
            await queue.LeadAsync();
        }

        return await change.Outcome.WaitAsync(ct);
    }

    private sealed class Queue(GroupCommit commit, ILogger logger)
    {
        private const int MaxGroup = 500;
        private readonly List<PendingChange> _waiting = [];
        private bool _running;

        /// <summary>Adds a change; returns true if no leader is at work and the caller has to lead.</summary>
        public bool Add(PendingChange change)
        {
            lock (_waiting)
            {
                _waiting.Add(change);
                var leads = !_running;
                _running = true;
                return leads;
            }
        }

        /// <summary>Commits the waiting group as its leader, and leaves later arrivals to a loop.</summary>
        public async Task LeadAsync()
        {
            await CommitAsync(Take());
            _ = DrainAsync();
        }

        private async Task DrainAsync()
        {
            while (Take() is { Count: > 0 } group)
            {
                await CommitAsync(group);
            }
        }

        private async Task CommitAsync(List<PendingChange> group)
        {
            try
            {
                await commit.CommitAsync(group);
                TagMetrics.Committed(group.Count);
            }
            catch (PostgresException e) when (group.Count > 1 && !e.IsTransient)
            {
                // One change of the group offends the database: alone, each fails for itself only.
                logger.GroupSplit(e, group.Count);
                foreach (var change in group)
                {
                    await CommitAsync([change]);
                }
            }
            catch (Exception e)
            {
                // Whatever it was, the callers must hear of it: they translate it as if they had done the work themselves.
                group.ForEach(change => change.Fail(e));
            }
        }

        private List<PendingChange> Take()
        {
            lock (_waiting)
            {
                var (group, left) = IndependentChanges.Take(_waiting, MaxGroup);
                _waiting.Clear();
                _waiting.AddRange(left);
                _running = group.Count > 0;
                return group;
            }
        }
    }
}
