using Crm.Segments.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Workflows.Execution;

/// <summary>Sends runs their ways by the conditions of a branch node. One evaluation answers for all runs and all conditions.</summary>
internal sealed class BranchRunner(SegmentService.SegmentServiceClient segments)
{
    public async Task<IReadOnlyList<StepResult>> RunAsync(AccountInfo account, Node node, IReadOnlyList<ActiveRun> runs, CancellationToken ct)
    {
        var branches = node.Branch.Branches;
        var sources = branches.Select(branch => new FilterSource { Filter = branch.When.Filter }).ToList();
        var response = await segments.MatchContactsAsync(
            new()
            {
                Account = account.Name,
                Source = sources[0],
                ContactIds = { runs.Select(run => run.ContactId).Distinct() },
                MoreSources = { sources.Skip(1) },
            },
            cancellationToken: ct);
        if (response.MoreMatches.Count != sources.Count - 1)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The segment service did not answer for every condition."));
        }

        HashSet<int>[] matches = [[.. response.MatchingContactIds], .. response.MoreMatches.Select(match => match.ContactIds.ToHashSet())];
        return [.. runs.Select(run => Go(run, node, Array.FindIndex(matches, match => match.Contains(run.ContactId))))];
    }

    private static StepResult Go(ActiveRun run, Node node, int way)
    {
        if (way < 0)
        {
            return new StepResult(run, Step.Types.Outcome.Done, NodeText.Of(node), "otherwise: no condition is met") { Next = node.Branch.Otherwise };
        }

        var branch = node.Branch.Branches[way];
        var name = branch.Name.Length > 0 ? branch.Name : $"branch {way + 1}";
        return new StepResult(run, Step.Types.Outcome.Done, NodeText.Of(node), $"{name}: {branch.When.Text}") { Next = branch.Next };
    }
}
