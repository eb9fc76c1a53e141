using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Filters.Tree;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.Campaigns.Audiences;

/// <summary>Writes an audience without references: with the filters that its segments and smart lists have at that moment.</summary>
internal sealed class AudienceFilters(SegmentService.SegmentServiceClient segments)
{
    /// <summary>
    /// Replaces the smart lists, which have no versions, before the evaluation, so that the campaign keeps exactly the filters that are evaluated.
    /// </summary>
    public async Task<Audience> WithoutListsAsync(string account, Audience audience, CancellationToken ct)
    {
        var written = audience.Clone();
        foreach (var sources in new[] { written.Include, written.Exclude })
        {
            for (var i = 0; i < sources.Count; i++)
            {
                if (sources[i].SourceCase == FilterSource.SourceOneofCase.SmartListId)
                {
                    var parsed = await segments.ParseFilterAsync(new() { Account = account, Source = sources[i] }, cancellationToken: ct);
                    sources[i] = new FilterSource { Filter = parsed.Filter };
                }
            }
        }

        return written;
    }

    /// <summary>Replaces the segments, also those in filters, by the filters of the versions that were evaluated.</summary>
    public async Task<Audience> WithoutSegmentsAsync(string account, Audience audience, IEnumerable<SegmentVersion> evaluated, CancellationToken ct)
    {
        var filters = new Dictionary<string, Filter>();
        foreach (var version in evaluated)
        {
            filters[version.SegmentId] = await FilterAsync(account, version, ct);
        }

        var written = audience.Clone();
        foreach (var sources in new[] { written.Include, written.Exclude })
        {
            for (var i = 0; i < sources.Count; i++)
            {
                var filter = sources[i].SourceCase == FilterSource.SourceOneofCase.SegmentId ? filters[sources[i].SegmentId] : sources[i].Filter;
                sources[i] = new FilterSource { Filter = Inline(filter, filters) };
            }
        }

        return written;
    }

    private async Task<Filter> FilterAsync(string account, SegmentVersion version, CancellationToken ct)
    {
        // The newest come first, and the version is one of them.
        var request = new ListSegmentVersionsRequest { Account = account, SegmentId = version.SegmentId, PageSize = 10 };
        while (true)
        {
            var page = await segments.ListSegmentVersionsAsync(request, cancellationToken: ct);
            if (page.Versions.FirstOrDefault(listed => listed.Version == version.Version) is { } found)
            {
                return found.Filter;
            }

            request.PageToken = page.NextPageToken.Length > 0
                ? page.NextPageToken
                : throw new InvalidOperationException($"Segment {version.SegmentId} has no version {version.Version}.");
        }
    }

    private static Filter Inline(Filter filter, Dictionary<string, Filter> segments)
    {
        try
        {
            return FilterTree.Inline(filter, id => segments[id]);
        }
        catch (FilterException e)
        {
            throw RpcErrors.Create(StatusCode.FailedPrecondition, ErrorReason.FilterTooLarge, e.Message);
        }
    }
}
