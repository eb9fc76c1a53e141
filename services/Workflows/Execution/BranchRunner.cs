using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Execution;

/// <summary>Sends runs on by the conditions of a branch node. One evaluation answers for all runs and all conditions.</summary>
internal sealed class BranchRunner(ConditionMatcher conditions)
{
    public async Task<IReadOnlyList<StepResult>> RunAsync(AccountInfo account, Node node, IReadOnlyList<ActiveRun> runs, CancellationToken ct)
    {
        var matches = await conditions.MatchAsync(
            account, node.Branch.Branches.Select(branch => branch.When), runs.Select(run => run.ContactId), ct);
        return [.. runs.Select(run => Go(run, node, matches.TakeWhile(match => !match.Contains(run.ContactId)).Count()))];
    }

    private static StepResult Go(ActiveRun run, Node node, int way)
    {
        if (way == node.Branch.Branches.Count)
        {
            return new StepResult(run, Step.Types.Outcome.Done, NodeFacts.Of(node).Text, "otherwise: no condition is met") { Next = node.Branch.Otherwise };
        }

        var branch = node.Branch.Branches[way];
        var name = branch.Name.Length > 0 ? branch.Name : $"branch {way + 1}";
        return new StepResult(run, Step.Types.Outcome.Done, NodeFacts.Of(node).Text, $"{name}: {branch.When.Text}") { Next = branch.Next };
    }
}
