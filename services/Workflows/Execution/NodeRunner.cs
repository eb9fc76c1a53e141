using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Execution;

/// <summary>Carries out a node for the runs that have reached it.</summary>
internal sealed class NodeRunner(IEnumerable<INodeAction> actions, BranchRunner branches, WaitRunner waits, Failures failures)
{
    // A node takes no longer than this: after it, a service that does not answer counts as failed.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Node.ActionOneofCase, INodeAction> _actions =
        actions.SelectMany(action => action.Kinds.Select(kind => (kind, action))).ToDictionary();

    public async Task<IReadOnlyList<StepResult>> RunAsync(
        AccountInfo account, Definition definition, Node node, IReadOnlyList<ActiveRun> runs, CancellationToken ct)
    {
        switch (node.ActionCase)
        {
            case Node.ActionOneofCase.Branch:
                return await TogetherAsync(node, runs, limit => branches.RunAsync(account, node, runs, limit), ct);
            case Node.ActionOneofCase.Wait:
                return await TogetherAsync(node, runs, limit => waits.RunAsync(account, definition, node, runs, limit), ct);
            case Node.ActionOneofCase.End:
                return [.. runs.Select(run => new StepResult(run, Step.Types.Outcome.Done, NodeFacts.Of(node).Text, ""))];
            default:
                return await Task.WhenAll(runs.Select(run => ActAsync(account, node, run, ct)));
        }
    }

    private async Task<IReadOnlyList<StepResult>> TogetherAsync(
        Node node, IReadOnlyList<ActiveRun> runs, Func<CancellationToken, Task<IReadOnlyList<StepResult>>> act, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        try
        {
            return await act(limit.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Any failure becomes part of the runs' histories.
            return [.. runs.Select(run => failures.Judge(run, node, e))];
        }
    }

    private async Task<StepResult> ActAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_limit);
        try
        {
            var outcome = await _actions[node.ActionCase].RunAsync(account, node, run, limit.Token);
            var kind = outcome.IsSkipped ? Step.Types.Outcome.Skipped : Step.Types.Outcome.Done;
            return new StepResult(run, kind, NodeFacts.Of(node).Text, outcome.Detail) { Next = node.Next };
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Any failure becomes part of the run's history.
            return failures.Judge(run, node, e);
        }
    }
}
