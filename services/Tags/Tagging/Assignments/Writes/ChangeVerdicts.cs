using System.Globalization;
using Grpc.Core;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>The outcomes of the changes of a group, by their index.</summary>
internal sealed class ChangeVerdicts(int size)
{
    private readonly (bool Lives, int UnknownTag, bool HasChunks)[] _judgements = [.. Enumerable.Repeat((true, 0, true), size)];

    /// <summary>The tags that each change really changed.</summary>
    public List<int>[] Changed { get; } = [.. Enumerable.Range(0, size).Select(_ => new List<int>())];

    /// <summary>The account's position after the group.</summary>
    public ClockPosition Position { get; set; } = new(0, Guid.Empty);

    /// <summary>Records the result for one tag of a change.</summary>
    public void Judge(int number, int tagId, bool lives, bool known, bool hasChunk)
    {
        var (_, unknownTag, hasChunks) = _judgements[number];
        _judgements[number] = (lives, unknownTag == 0 && !known ? tagId : unknownTag, hasChunks && hasChunk);
    }

    /// <summary>Returns the reason why a change failed, or null.</summary>
    public RpcException? Problem(int number, int contactId) => _judgements[number] switch
    {
        { Lives: false } => RpcErrors.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture)),
        { UnknownTag: > 0 and var tagId } => RpcErrors.NotFound("tag", tagId.ToString(CultureInfo.InvariantCulture)),
        _ => null,
    };

    /// <summary>True if a change was left out only because a chunk that it needs does not exist yet.</summary>
    public bool LacksChunk(int number) => _judgements[number] is { Lives: true, UnknownTag: 0, HasChunks: false };
}
