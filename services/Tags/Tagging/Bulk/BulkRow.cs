using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>A row of the bulk operations. Npgsql describes arrays to Dapper as System.Array.</summary>
internal sealed record BulkRow(
    int AccountId,
    Guid OperationId,
    short State,
    string? Source,
    Array ExcludeContactIds,
    Guid? UndoOf,
    Array AddTagIds,
    Array RemoveTagIds,
    string Actor,
    bool SkipWorkflows,
    int Total,
    int Done,
    int Skipped,
    string Error,
    DateTime CreatedAt,
    DateTime? FinishedAt)
{
    /// <summary>The columns, of table alias <c>b</c>, in the order of the record.</summary>
    public const string Columns = """
        b.account_id, b.operation_id, b.state, b.source::text AS source, b.exclude_contact_ids, b.undo_of, b.add_tag_ids, b.remove_tag_ids, b.actor,
            b.skip_workflows, b.total, b.done, b.skipped, b.error, b.created_at, b.finished_at
        """;

    /// <summary>The tags and whether they are added, in the order in which they are reported: added ones first.</summary>
    public IEnumerable<(int TagId, bool On)> Tags =>
        AddTagIds.Cast<int>().Select(tagId => (tagId, true)).Concat(RemoveTagIds.Cast<int>().Select(tagId => (tagId, false)));

    /// <summary>True if it has ended.</summary>
    public bool HasEnded => (BulkOperation.Types.State)State
        is BulkOperation.Types.State.Succeeded or BulkOperation.Types.State.Cancelled or BulkOperation.Types.State.Failed;

    /// <summary>Returns the operation with its changes.</summary>
    public BulkOperation ToProto(IReadOnlyDictionary<int, TagChangeCount> tally) => new()
    {
        OperationId = OperationId.ToString(),
        State = (BulkOperation.Types.State)State,
        AddTagIds = { AddTagIds.Cast<int>() },
        RemoveTagIds = { RemoveTagIds.Cast<int>() },
        UndoOf = UndoOf?.ToString() ?? "",
        TotalContacts = Total,
        DoneContacts = Done,
        SkippedContacts = Skipped,
        Changes = { Tags.Select(tag => tally.GetValueOrDefault(tag.TagId) ?? new TagChangeCount { TagId = tag.TagId }) },
        Actor = Actor,
        Error = Error,
        CreateTime = Timestamp.FromDateTime(CreatedAt),
        FinishTime = FinishedAt is { } finishedAt ? Timestamp.FromDateTime(finishedAt) : null,
    };
}
