using System.Collections;
using Crm.Tags.V1;

namespace TagSegments.Chaos.Scenarios;

/// <summary>An operation that was run to its end, and its task; with <paramref name="Original"/> it is the undo of that one.</summary>
internal sealed record BulkPlan(int Number, BitArray Asked, IReadOnlyList<int> Add, IReadOnlyList<int> Remove, BulkPlan? Original, BulkOperation Result)
{
    /// <summary>The tags, and whether they are added.</summary>
    public IEnumerable<(int TagId, bool On)> Tags => Add.Select(tagId => (tagId, true)).Concat(Remove.Select(tagId => (tagId, false)));

    /// <summary>Its name in the log: an undo carries the id of the operation that it undoes.</summary>
    public string Key => Original is null ? Result.OperationId : $"undo of {Original.Result.OperationId}";
}
