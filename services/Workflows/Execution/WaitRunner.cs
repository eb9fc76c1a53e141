using Crm.Contacts.V1;
using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Tree;

namespace TagSegments.Workflows.Execution;

/// <summary>
/// Lets runs wait. A run whose node has a condition, or whose workflow has goals, watches its contact: its conditions are checked as soon as it
/// waits, whenever something happens to the contact, and from time to time if a condition depends on time.
/// </summary>
internal sealed class WaitRunner(ConditionMatcher conditions, ContactService.ContactServiceClient contacts)
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<StepResult>> RunAsync(
        AccountInfo account, Definition definition, Node node, IReadOnlyList<ActiveRun> runs, CancellationToken ct)
    {
        List<Condition> asked = [.. definition.Goals, .. node.Wait.Until is { } until ? [until.Condition] : Array.Empty<Condition>()];
        var waiting = runs.Where(run => run.HasWaited).ToList();
        var matches = asked.Count > 0 && waiting.Count > 0
            ? await conditions.MatchAsync(account, asked, waiting.Select(run => run.ContactId), ct)
            : [.. asked.Select(_ => new HashSet<int>())];
        var look = asked.Any(condition => FilterTree.Clauses(condition.Filter).Any(clause => ClauseFacts.Of(clause).ChangesWithTime)) ? s_lookAgain : (TimeSpan?)null;
        var beginning = runs.Where(run => !run.HasWaited).ToList();
        var zones = await ZonesAsync(account, node.Wait, beginning, ct);
        return
        [
            .. beginning.Select(run => Begin(account, node, run, zones.GetValueOrDefault(run.ContactId, ""), watches: asked.Count > 0)),
            .. waiting.Select(run => Look(definition, node, run, matches.TakeWhile(match => !match.Contains(run.ContactId)).Count(), asked.Count, look)),
        ];
    }

    private async Task<Dictionary<int, string>> ZonesAsync(AccountInfo account, WaitAction wait, IReadOnlyList<ActiveRun> runs, CancellationToken ct)
    {
        if (runs.Count == 0 || !WaitTime.AsksForContactZone(wait))
        {
            return [];
        }

        var request = new BatchGetContactsRequest { Account = account.Name, ContactIds = { runs.Select(run => run.ContactId).Distinct() } };
        var response = await contacts.BatchGetContactsAsync(request, cancellationToken: ct);
        return response.Contacts.ToDictionary(contact => contact.ContactId, contact => contact.TimeZone);
    }

    private static StepResult Begin(AccountInfo account, Node node, ActiveRun run, string contactZone, bool watches) =>
        new(run, Step.Types.Outcome.Waiting, NodeFacts.Of(node).Text, "")
        {
            Delay = WaitTime.Of(node.Wait, account, contactZone, run.Now),
            Look = watches ? TimeSpan.Zero : null,
            Watches = watches,
        };

    private static StepResult Look(Definition definition, Node node, ActiveRun run, int met, int asked, TimeSpan? look)
    {
        var input = NodeFacts.Of(node).Text;
        if (met < definition.Goals.Count)
        {
            return new StepResult(run, Step.Types.Outcome.Done, input, $"goal reached: {definition.Goals[met].Text}");
        }

        if (met < asked)
        {
            return new StepResult(run, Step.Types.Outcome.Done, input, "the condition is met") { Next = node.Next };
        }

        if (run.HasExpired)
        {
            return node.Wait.Until is { } until
                ? new StepResult(run, Step.Types.Outcome.Done, input, "the time is up") { Next = until.OnTimeout }
                : new StepResult(run, Step.Types.Outcome.Done, input, "the time has passed") { Next = node.Next };
        }

        return new StepResult(run, Step.Types.Outcome.Waiting, input, "") { IsLook = true, Watches = asked > 0, Look = look };
    }
}
