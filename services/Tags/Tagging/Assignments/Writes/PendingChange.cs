using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Assignments.Writes;

/// <summary>One caller's change of one contact's tags, waiting to be committed together with others.</summary>
internal sealed class PendingChange(
    int contactId, int[] tagIds, bool on, ChangeCause cause, RequestKey? request, DateTime? expiresAt = null)
{
    private readonly TaskCompletionSource<ChangeOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The contact.</summary>
    public int ContactId { get; } = contactId;

    /// <summary>The tags, each once.</summary>
    public int[] TagIds { get; } = tagIds;

    /// <summary>Whether the tags are added, not removed.</summary>
    public bool On { get; } = on;

    /// <summary>Why.</summary>
    public ChangeCause Cause { get; } = cause;

    /// <summary>When the tags are to be removed again, if ever.</summary>
    public DateTime? ExpiresAt { get; } = expiresAt;

    /// <summary>The call, if it may be repeated.</summary>
    public RequestKey? Request { get; } = request;

    /// <summary>What became of it.</summary>
    public Task<ChangeOutcome> Outcome => _outcome.Task;

    /// <summary>Tells the caller what became of it.</summary>
    public void Complete(ChangeOutcome outcome) => _outcome.TrySetResult(outcome);

    /// <summary>Tells the caller that it failed.</summary>
    public void Fail(Exception exception) => _outcome.TrySetException(exception);
}

/// <summary>The tags that a change really changed, in the order asked for, and the position of its commit.</summary>
internal sealed record ChangeOutcome(int[] ChangedTagIds, string ConsistencyToken);
