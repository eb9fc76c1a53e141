using Crm.Segments.V1;
using Crm.Workflows.V1;
using Grpc.Core;

namespace TagSegments.Workflows.Execution;

/// <summary>Asks the segment service which contacts meet conditions: all conditions for all contacts in one consistent state.</summary>
internal sealed class ConditionMatcher(SegmentService.SegmentServiceClient segments)
{
    /// <summary>Gets the contacts that meet each condition.</summary>
    public async Task<IReadOnlyList<HashSet<int>>> MatchAsync(
        AccountInfo account, IEnumerable<Condition> conditions, IEnumerable<int> contactIds, CancellationToken ct)
    {
        var sources = conditions.Select(condition => new FilterSource { Filter = condition.Filter }).ToList();
        var response = await segments.MatchContactsAsync(
            new()
            {
                Account = account.Name,
                Source = sources[0],
                ContactIds = { contactIds.Distinct() },
                MoreSources = { sources.Skip(1) },
            },
            cancellationToken: ct);
        if (response.MoreMatches.Count != sources.Count - 1)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The segment service did not answer for every condition."));
        }

        return [[.. response.MatchingContactIds], .. response.MoreMatches.Select(match => match.ContactIds.ToHashSet())];
    }
}
