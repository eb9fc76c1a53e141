using Crm.Workflows.V1;
using Dapper;
using Npgsql;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Decides for each enrolment in turn whether the contact starts.</summary>
internal sealed class EntryRules
{
    private const int MaxChain = 32;

    // One by one, and the account comes with the contacts: see Causation. By contact alone: the index of workflows has as many rows as anybody's runs.
    internal const string FindSql = """
        SELECT run.workflow_id, run.contact_id, bool_or(run.due_at IS NOT NULL OR run.state = @Parked)
        FROM (
            SELECT @AccountId AS account_id, workflow_id, contact_id
            FROM unnest(@WorkflowIds, @ContactIds) AS enrolment (workflow_id, contact_id)
            OFFSET 0) AS asked
        CROSS JOIN LATERAL (
            SELECT *
            FROM workflows.run
            WHERE account_id = asked.account_id AND contact_id = asked.contact_id
            OFFSET 0) AS run
        WHERE run.workflow_id = asked.workflow_id AND run.state NOT IN (@Declined, @LoopStopped)
        GROUP BY run.workflow_id, run.contact_id
        """;

    // The contacts that have been through a workflow, and whether they are in it now.
    private readonly Dictionary<(Guid WorkflowId, int ContactId), bool> _known = [];

    /// <summary>Loads the history that the re-entry rules of the enrolments need.</summary>
    public static async Task<EntryRules> LoadAsync(
        NpgsqlTransaction tx, int accountId, IReadOnlyList<Enrolment> enrolments, CancellationToken ct)
    {
        var rules = new EntryRules();
        var asked = enrolments.Where(enrolment => enrolment.Entrance.IsLimited).ToList();
        if (asked.Count == 0)
        {
            return rules;
        }

        var rows = await tx.Connection!.QueryAsync<(Guid WorkflowId, int ContactId, bool IsInside)>(new CommandDefinition(
            FindSql,
            new
            {
                AccountId = accountId,
                WorkflowIds = asked.Select(enrolment => enrolment.Entrance.WorkflowId).ToArray(),
                ContactIds = asked.Select(enrolment => enrolment.Event.ContactId).ToArray(),
                Parked = (short)State.Parked,
                Declined = (short)State.Declined,
                LoopStopped = (short)State.LoopStopped,
            },
            tx,
            cancellationToken: ct));
        foreach (var row in rows)
        {
            rules._known[(row.WorkflowId, row.ContactId)] = row.IsInside;
        }

        return rules;
    }

    /// <summary>Decides, and remembers the decision for the enrolments that follow.</summary>
    public (State State, string Reason) Decide(Enrolment enrolment)
    {
        var (entrance, e) = enrolment;
        if (e.Cause.WorkflowChain.Contains(entrance.WorkflowId.ToString()))
        {
            return (State.LoopStopped, "this workflow caused the event that would start it again");
        }

        if (e.Cause.WorkflowChain.Count >= MaxChain)
        {
            return (State.LoopStopped, $"the event is the last of a chain of {MaxChain} workflows");
        }

        var key = (entrance.WorkflowId, e.ContactId);
        var isKnown = _known.TryGetValue(key, out var isInside);
        switch (entrance.Reentry)
        {
            case Reentry.OneAtATime when isInside:
                return (State.Declined, "the contact is in the workflow already");
            case Reentry.OnceEver when isKnown:
                return (State.Declined, "the contact has been through the workflow");
            default:
                _known[key] = true;
                return (State.Running, "");
        }
    }
}
