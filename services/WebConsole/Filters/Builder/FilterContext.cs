using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Filters.Builder;

/// <summary>What every node of a filter that is built needs: the names to choose from, the counts, and whom to tell of a change.</summary>
public sealed class FilterContext(Func<Task> changed)
{
    /// <summary>The tags of the account.</summary>
    public IReadOnlyList<Tag> Tags { get; private set; } = [];

    /// <summary>The custom fields of contacts and opportunities.</summary>
    public IReadOnlyList<Field> Fields { get; private set; } = [];

    /// <summary>The segments.</summary>
    public IReadOnlyList<Segment> Segments { get; private set; } = [];

    /// <summary>The campaigns.</summary>
    public IReadOnlyList<Campaign> Campaigns { get; private set; } = [];

    /// <summary>The nodes with their counts, by path.</summary>
    public IReadOnlyDictionary<string, FunnelNode> Counts { get; set; } = new Dictionary<string, FunnelNode>();

    /// <summary>What is wrong with the filter; null if nothing is.</summary>
    public Problem? Problem { get; set; }

    /// <summary>Says that the filter was changed.</summary>
    public Task ChangedAsync() => changed();

    /// <summary>Reads the names.</summary>
    public async Task ReadAsync(Caller caller, string account, CancellationToken ct)
    {
        var tags = caller.CallAsync((to, options) => to.Tags.ListTagsAsync(new() { Account = account, PageSize = 1_000 }, options), ct);
        var segments = caller.CallAsync((to, options) => to.Segments.ListSegmentsAsync(new() { Account = account, PageSize = 1_000 }, options), ct);
        var campaigns = caller.CallAsync((to, options) => to.Campaigns.ListCampaignsAsync(new() { Account = account, PageSize = 1_000 }, options), ct);
        Fields = (await caller.CallAsync((to, options) => to.Fields.ListFieldsAsync(new() { Account = account }, options), ct)).Fields;
        (Tags, Segments, Campaigns) = ((await tags).Tags, (await segments).Segments, (await campaigns).Campaigns);
    }

    /// <summary>Gets what is wrong with the node of a path itself, not with one of its members.</summary>
    public string? FaultAt(string path, IEnumerable<string> members) =>
        Problem?.Fields.Select(fault => (Path: fault.Field.StartsWith("source.", StringComparison.Ordinal) ? fault.Field[7..] : fault.Field, fault.Description))
            .FirstOrDefault(fault => fault.Path.StartsWith(path, StringComparison.Ordinal) && !members.Any(member => fault.Path.StartsWith(member, StringComparison.Ordinal))).Description;
}
