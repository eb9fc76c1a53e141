using Crm.Workflows.V1;
using TagSegments.ServiceDefaults;
using TagSegments.Workflows.Execution.Actions;

namespace TagSegments.Workflows.Execution;

/// <summary>Carries out a node for the runs that stand at it.</summary>
internal sealed class NodeRunner(IEnumerable<INodeAction> actions, BranchRunner branches, Failures failures, TimeProvider time)
{
    private readonly Dictionary<Node.ActionOneofCase, INodeAction> _actions =
        actions.SelectMany(action => action.Kinds.Select(kind => (kind, action))).ToDictionary();

    /// <summary>How many runs go together at a node: many where one call answers for all, few where each takes its time.</summary>
    public static int GroupSize(Node node) => node.ActionCase switch
    {
        Node.ActionOneofCase.Branch or Node.ActionOneofCase.Wait or Node.ActionOneofCase.End => 1_000,
        Node.ActionOneofCase.Notify or Node.ActionOneofCase.SendMessage => 10,
        _ => 100,
    };

    public async Task<IReadOnlyList<StepResult>> RunAsync(AccountInfo account, Node node, IReadOnlyList<ActiveRun> runs, CancellationToken ct)
    {
        switch (node.ActionCase)
        {
            case Node.ActionOneofCase.Branch:
                return await BranchAsync(account, node, runs, ct);
            case Node.ActionOneofCase.Wait:
                return [.. runs.Select(run => Wait(account, node, run))];
            case Node.ActionOneofCase.End:
                return [.. runs.Select(run => new StepResult(run, Step.Types.Outcome.Done, NodeText.Of(node), ""))];
            default:
                return await Task.WhenAll(runs.Select(run => ActAsync(account, node, run, ct)));
        }
    }

    private async Task<IReadOnlyList<StepResult>> BranchAsync(
        AccountInfo account, Node node, IReadOnlyList<ActiveRun> runs, CancellationToken ct)
    {
        try
        {
            return await branches.RunAsync(account, node, runs, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it was: it belongs into the runs' histories.
            return [.. runs.Select(run => failures.Judge(run, node, e))];
        }
    }

    private StepResult Wait(AccountInfo account, Node node, ActiveRun run) => run.HasWaited
        ? new StepResult(run, Step.Types.Outcome.Done, NodeText.Of(node), "the time has passed") { Next = node.Next }
        : new StepResult(run, Step.Types.Outcome.Waiting, NodeText.Of(node), "")
        {
            Delay = WaitTime.Of(node.Wait.Period, account, time.GetUtcNow()),
        };

    private async Task<StepResult> ActAsync(AccountInfo account, Node node, ActiveRun run, CancellationToken ct)
    {
        try
        {
            var outcome = await _actions[node.ActionCase].RunAsync(account, node, run, ct);
            var kind = outcome.IsSkipped ? Step.Types.Outcome.Skipped : Step.Types.Outcome.Done;
            return new StepResult(run, kind, NodeText.Of(node), outcome.Detail) { Next = node.Next };
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever it was: it belongs into the run's history.
            return failures.Judge(run, node, e);
        }
    }
}
