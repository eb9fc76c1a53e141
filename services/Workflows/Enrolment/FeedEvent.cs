using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Enrolment;

/// <summary>The feeds that workflows react to; the numbers are those of the table <c>workflows.cursor</c>.</summary>
internal enum Feed
{
    Tags = 1,
    Contacts = 2,
    Activities = 3,
}

/// <summary>A part of a feed: what happened, and where to go on behind it.</summary>
internal sealed record FeedBatch(IReadOnlyList<FeedEvent> Events, string Position);

/// <summary>Something that happened to a contact, of whichever feed.</summary>
internal sealed record FeedEvent(string EventId, int ContactId, DateTime Time)
{
    public Cause Cause { get; init; } = new();

    public bool SkipWorkflows { get; init; }

    public TagEvent? Tag { get; init; }

    public ContactEvent? Contact { get; init; }

    public Activity? Activity { get; init; }

    /// <summary>The segment that the contact entered.</summary>
    public Guid? SegmentId { get; init; }

    /// <summary>Whether it is one of many that one operation made.</summary>
    public bool IsBulk => Cause.Kind is Cause.Types.Kind.Import or Cause.Types.Kind.Bulk or Cause.Types.Kind.Undo;

    /// <summary>The tag that the contact lost; 0 if it is no such event.</summary>
    public int RemovedTagId => Tag is { Kind: TagEvent.Types.Kind.Removed } ? Tag.TagId : 0;

    /// <summary>Whether the contact is gone since.</summary>
    public bool IsDeletion => Contact is { Kind: ContactEvent.Types.Kind.Deleted };

    public static FeedEvent Of(TagEvent e) => new($"tags/{e.EventId}", e.ContactId, e.Time.ToDateTime())
    {
        Cause = e.Cause ?? new(),
        SkipWorkflows = e.SkipWorkflows || StartsNothing(e.Cause),
        Tag = e,
    };

    public static FeedEvent Of(ContactEvent e) => new($"contacts/{e.EventId}", e.ContactId, e.Time.ToDateTime())
    {
        Cause = e.Cause ?? new(),
        SkipWorkflows = e.SkipWorkflows || StartsNothing(e.Cause),
        Contact = e,
    };

    public static FeedEvent Of(Activity e) => new($"activities/{e.ActivityId}", e.ContactId, (e.RecordTime ?? e.Time).ToDateTime())
    {
        Activity = e,
    };

    /// <summary>Tells whether a trigger starts on it. The name is that of the event's tag, where a trigger asks for it.</summary>
    public bool Starts(Trigger trigger, string tagName) => this switch
    {
        { Tag: { } tag } => TriggerMatch.OnTag(
            trigger, RemovedTagId > 0 ? TagTrigger.Types.Change.Removed : TagTrigger.Types.Change.Added, tag.TagId, tagName),
        { Contact: { } contact } => TriggerMatch.OnContact(trigger, contact),
        { SegmentId: { } segmentId } => TriggerMatch.OnSegment(trigger, segmentId),
        { Activity: { } activity } => TriggerMatch.OnActivity(trigger, activity),
        _ => false,
    };

    // Merging and the life of a tag move holders about; nothing happened to the contacts themselves.
    private static bool StartsNothing(Cause? cause) => cause?.Kind is Cause.Types.Kind.Merge or Cause.Types.Kind.TagLifecycle;
}
