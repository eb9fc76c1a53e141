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
    // One by one, and the account comes with the contacts: a plan for an account that has no statistics yet, made with its number, would read all
    // steps of the account for every run. OFFSET 0 keeps it so.
    internal const string FindSql = """
        SELECT DISTINCT run.contact_id, run.workflow_id, run.version, step.node_id, run.cause_chain
        FROM (SELECT @accountId AS account_id, id FROM unnest(@contactIds) AS contact (id) OFFSET 0) AS asked
        CROSS JOIN LATERAL (
            SELECT *
            FROM workflows.run
            WHERE account_id = asked.account_id AND contact_id = asked.id AND (ended_at IS NULL OR ended_at >= @since)
            OFFSET 0) AS run
        CROSS JOIN LATERAL (
            SELECT *
            FROM workflows.step
            WHERE account_id = asked.account_id AND run_id = run.run_id AND outcome = @done AND at >= @since
            OFFSET 0) AS step
        """;

    // From a message's leaving to its bounce.
    private static readonly TimeSpan s_messageTime = TimeSpan.FromDays(1);

    /// <summary>Gets the causes of contacts' entries into a segment in which they were not at <paramref name="since"/>.</summary>
    public static Task<Func<int, Cause>> OfEntriesAsync(
        LockedAccount account, int[] contactIds, DateTime since, CancellationToken ct) =>
        FindAsync(account, contactIds, since, node => NodeFacts.Of(node).ChangesContact, ct);

    /// <summary>Gets the causes of those of some events that follow from a single message without anybody's action, as what adds the cause to an event.</summary>
    public static async Task<Func<FeedEvent, FeedEvent>> OfMessagesAsync(LockedAccount account, IEnumerable<FeedEvent> events, CancellationToken ct)
    {
        var asked = events.Where(FollowsFromMessage).ToList();
        if (asked.Count == 0)
        {
            return e => e;
        }

        int[] contactIds = [.. asked.Select(e => e.ContactId).Distinct()];
        var since = asked.Min(e => e.Time) - s_messageTime;
        var cause = await FindAsync(account, contactIds, since, node => node.SendMessage is not null, ct);
        return e => FollowsFromMessage(e) ? e with { Cause = cause(e.ContactId) } : e;
    }

    private static bool FollowsFromMessage(FeedEvent e) =>
        e.Activity is { CampaignId: "" } activity && SegmentEffects.IsAutomatic((Crm.Segments.V1.ActivityClause.Types.Kind)activity.Kind);

    private static async Task<Func<int, Cause>> FindAsync(
        LockedAccount account, int[] contactIds, DateTime since, Func<Node, bool> acts, CancellationToken ct)
    {
        var rows = (await account.Tx.Connection!.QueryAsync<(int ContactId, Guid WorkflowId, int Version, string NodeId, string[] Chain)>(
            new CommandDefinition(FindSql, new { accountId = account.Id, contactIds, since, done = (short)Outcome.Done }, account.Tx, cancellationToken: ct))).AsList();
        var acting = await ActingAsync(account, [.. rows.Select(row => new NodeKey(row.WorkflowId, row.Version, row.NodeId)).Distinct()], acts, ct);
        var chains = rows.Where(row => acting.Contains(new(row.WorkflowId, row.Version, row.NodeId)))
            .ToLookup(row => row.ContactId, row => row.Chain.Append(row.WorkflowId.ToString()));
        return contactId => chains.Contains(contactId)
            ? new Cause { Kind = Cause.Types.Kind.Workflow, WorkflowChain = { chains[contactId].SelectMany(chain => chain).Distinct() } }
            : new Cause();
    }

    // Nodes can hold long texts: they are read one after the other.
    private static async Task<HashSet<NodeKey>> ActingAsync(LockedAccount account, IReadOnlyList<NodeKey> keys, Func<Node, bool> acts, CancellationToken ct)
    {
        const string sql = """
            SELECT key.workflow_id, key.version, key.node_id, node
            FROM unnest($2, $3, $4) AS key (workflow_id, version, node_id)
            JOIN workflows.workflow_version AS v ON v.account_id = $1 AND v.workflow_id = key.workflow_id AND v.version = key.version
            CROSS JOIN LATERAL jsonb_array_elements(v.definition -> 'nodes') AS node
            WHERE node ->> 'id' = key.node_id
            """;
        var acting = new HashSet<NodeKey>();
        if (keys.Count == 0)
        {
            return acting;
        }

        await using var command = new NpgsqlCommand(sql, account.Tx.Connection, account.Tx)
        {
            Parameters =
            {
                new() { Value = account.Id },
                new() { Value = keys.Select(key => key.WorkflowId).ToArray() },
                new() { Value = keys.Select(key => key.Version).ToArray() },
                new() { Value = keys.Select(key => key.NodeId).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            if (acts(DefinitionJson.ParseNode(reader.GetString(3))))
            {
                acting.Add(new NodeKey(reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2)));
            }
        }

        return acting;
    }

    private sealed record NodeKey(Guid WorkflowId, int Version, string NodeId);
}
