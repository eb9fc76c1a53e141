using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>One caller's change of one contact's tags, waiting to be committed together with others.</summary>
internal sealed class PendingChange(
    int contactId, int[] tagIds, bool on, ChangeCause cause, RequestKey? request, DateTime? expiresAt = null) : PendingCall<ChangeOutcome>
{
    /// <summary>The contact.</summary>
    public int ContactId { get; } = contactId;

    /// <summary>The tags, each once.</summary>
    public int[] TagIds { get; } = tagIds;

    /// <summary>True if the tags are added, false if they are removed.</summary>
    public bool On { get; } = on;

    /// <summary>Why.</summary>
    public ChangeCause Cause { get; } = cause;

    /// <summary>When the tags are to be removed again, if ever.</summary>
    public DateTime? ExpiresAt { get; } = expiresAt;

    /// <summary>The call, if it may be repeated.</summary>
    public RequestKey? Request { get; } = request;
}

/// <summary>The tags that a change actually changed, in the order of the request, and the position of its commit.</summary>
internal sealed record ChangeOutcome(int[] ChangedTagIds, string ConsistencyToken);
