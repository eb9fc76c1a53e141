using Crm.Common.V1;
using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using TagSegments.Workflows.Definitions;
using Outcome = Crm.Workflows.V1.Step.Types.Outcome;

namespace TagSegments.Workflows.Enrolment;

/// <summary>
/// Finds the workflows that led to events without a cause: entries into segments, and the fate of messages. Every workflow that
/// acted on the contact shortly before counts. So a loop over them stops at its first repeat as well.
/// </summary>
internal static class Causation
{
    // From a message's leaving to its bounce.
    private static readonly TimeSpan s_messageTime = TimeSpan.FromDays(1);

    /// <summary>Gets the causes of contacts' entries into a segment in which they were not at <paramref name="since"/>.</summary>
    public static Task<Func<int, Cause>> OfEntriesAsync(
        LockedAccount account, int[] contactIds, DateTime since, CancellationToken ct) =>
        FindAsync(account, contactIds, since, node => NodeFacts.Of(node).ChangesContact, ct);

    /// <summary>Adds causes to the events that follow from a single message without anybody's action, if a workflow starts on such events.</summary>
    public static async Task<IReadOnlyList<FeedEvent>> OfMessagesAsync(
        LockedAccount account, IReadOnlyList<FeedEvent> events, CancellationToken ct)
    {
        var asked = events.Where(e => FollowsFromMessage(e) && account.Versions.Any(version => version.StartsOn(e, ""))).ToList();
        if (asked.Count == 0)
        {
            return events;
        }

        int[] contactIds = [.. asked.Select(e => e.ContactId).Distinct()];
        var since = asked.Min(e => e.Time) - s_messageTime;
        var cause = await FindAsync(account, contactIds, since, node => node.SendMessage is not null, ct);
        return [.. events.Select(e => FollowsFromMessage(e) ? e with { Cause = cause(e.ContactId) } : e)];
    }

    private static bool FollowsFromMessage(FeedEvent e) =>
        e.Activity is { CampaignId: "" } activity && SegmentEffects.IsAutomatic((Crm.Segments.V1.ActivityClause.Types.Kind)activity.Kind);

    private static async Task<Func<int, Cause>> FindAsync(
        LockedAccount account, int[] contactIds, DateTime since, Func<Node, bool> acts, CancellationToken ct)
    {
        const string sql = """
            SELECT DISTINCT run.contact_id, run.workflow_id, run.version, step.node_id, run.cause_chain
            FROM workflows.run AS run
            JOIN workflows.step AS step USING (account_id, run_id)
            WHERE run.account_id = @accountId
                AND run.contact_id = ANY(@contactIds)
                AND (run.ended_at IS NULL OR run.ended_at >= @since)
                AND step.outcome = @done
                AND step.at >= @since
            """;
        var rows = await account.Tx.Connection!.QueryAsync<(int ContactId, Guid WorkflowId, int Version, string NodeId, string[] Chain)>(
            new CommandDefinition(sql, new { accountId = account.Id, contactIds, since, done = (short)Outcome.Done }, account.Tx, cancellationToken: ct));
        var acting =
            from row in rows
            from version in account.Versions
            where version.WorkflowId == row.WorkflowId && version.Version == row.Version
            where version.Definition.Nodes.Any(node => node.Id == row.NodeId && acts(node))
            select (row.ContactId, Chain: row.Chain.Append(row.WorkflowId.ToString()));
        var chains = acting.ToLookup(row => row.ContactId, row => row.Chain);
        return contactId => chains.Contains(contactId)
            ? new Cause { Kind = Cause.Types.Kind.Workflow, WorkflowChain = { chains[contactId].SelectMany(chain => chain).Distinct() } }
            : new Cause();
    }
}
