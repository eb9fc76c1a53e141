using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Filters.Facts;

namespace TagSegments.Workflows.Definitions;

/// <summary>Reads the filters of segments and of the segments that they refer to.</summary>
internal sealed class SegmentFilters(SegmentService.SegmentServiceClient segments)
{
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Reads the filters of all segments that start one of the workflows, by id. Deleted ones are left out: nobody enters them.</summary>
    public Task<IReadOnlyDictionary<string, Filter>> OfTriggersAsync(AccountInfo account, IEnumerable<Workflow> workflows, CancellationToken ct) =>
        ReadAsync(account, workflows.SelectMany(w => w.Definition.Triggers).Select(t => t.SegmentEntered?.SegmentId).OfType<string>().Distinct(), ct);

    /// <summary>Reads the filters of all segments that the conditions of a definition refer to.</summary>
    public Task<IReadOnlyDictionary<string, Filter>> OfConditionsAsync(AccountInfo account, Definition definition, CancellationToken ct) =>
        ReadAsync(
            account,
            definition.Nodes
                .SelectMany(node => node.Branch?.Branches.Select(branch => branch.When) ?? [node.Wait?.Until?.Condition ?? new Condition()])
                .SelectMany(condition => condition.Filter is { } filter ? FilterReferences.Of(filter).SegmentIds : [])
                .Distinct(),
            ct);

    private async Task<IReadOnlyDictionary<string, Filter>> ReadAsync(AccountInfo account, IEnumerable<string> segmentIds, CancellationToken ct)
    {
        var (filters, size) = (new Dictionary<string, Filter>(), 0L);
        var open = new Queue<string>(segmentIds);
        while (open.TryDequeue(out var id))
        {
            if (!filters.ContainsKey(id) && await FindAsync(account, id, ct) is { } filter)
            {
                filters[id] = filter;
                size += filter.CalculateSize();
                if (size > MaxBytes)
                {
                    throw RpcErrors.Create(
                        StatusCode.FailedPrecondition, ErrorReason.FilterTooLarge, $"The segments that workflows refer to have more than {MaxBytes} bytes together.");
                }

                foreach (var other in FilterReferences.Of(filter).SegmentIds)
                {
                    open.Enqueue(other);
                }
            }
        }

        return filters;
    }

    private async Task<Filter?> FindAsync(AccountInfo account, string segmentId, CancellationToken ct)
    {
        try
        {
            return (await segments.GetSegmentAsync(new() { Account = account.Name, SegmentId = segmentId }, cancellationToken: ct)).Segment.Filter;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return null;
        }
    }
}
