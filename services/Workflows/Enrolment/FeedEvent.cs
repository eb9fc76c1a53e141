using System.Globalization;
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

/// <summary>The clocks that show whether accounts have news.</summary>
internal enum Clock
{
    /// <summary>Of contacts, tags and opportunities.</summary>
    Contacts = 1,

    /// <summary>Of activities.</summary>
    Activities = 2,
}

/// <summary>
/// A part of a feed: the events, and the position after them. The last one has no events, and the position of the account's clock up to which the
/// feed was read.
/// </summary>
internal sealed record FeedBatch(IReadOnlyList<FeedEvent> Events, string Position, long ClockPosition);

/// <summary>Something that happened to one contact or to each of many, from any feed.</summary>
internal sealed record FeedEvent(string EventId, int ContactId, DateTime Time)
{
    /// <summary>The contacts of an event about many; <see cref="ContactId"/> is 0 then.</summary>
    public IReadOnlyList<int> Many { get; init; } = [];

    /// <summary>All contacts that the event is about.</summary>
    public IReadOnlyList<int> Contacts => Many.Count > 0 ? Many : [ContactId];

    public Cause Cause { get; init; } = new();

    public bool SkipWorkflows { get; init; }

    public TagEvent? Tag { get; init; }

    public ContactEvent? Contact { get; init; }

    public Activity? Activity { get; init; }

    /// <summary>The segment that the contact entered.</summary>
    public Guid? SegmentId { get; init; }

    /// <summary>Whether it was packed together with others.</summary>
    public bool WasPacked { get; init; }

    /// <summary>Whether one operation made it together with many others.</summary>
    public bool IsBulk => WasPacked || Cause.Kind is Cause.Types.Kind.Import or Cause.Types.Kind.Bulk or Cause.Types.Kind.Undo
        or Cause.Types.Kind.Merge or Cause.Types.Kind.Campaign or Cause.Types.Kind.Expiry;

    /// <summary>The run that caused it, where one did.</summary>
    public Guid? CausingRun => Cause.Kind is Cause.Types.Kind.Workflow && Guid.TryParse(Cause.Id, out var run) ? run : null;

    /// <summary>The tag that the contact lost; 0 for other events.</summary>
    public int RemovedTagId => Tag is { Kind: TagEvent.Types.Kind.Removed } ? Tag.TagId : 0;

    /// <summary>The reason for which runs of the contact end, if the contact no longer exists.</summary>
    public string? LeavingReason => Contact switch
    {
        { Kind: ContactEvent.Types.Kind.Deleted, Cause.Kind: Cause.Types.Kind.Merge } => "the contact was merged into another one",
        { Kind: ContactEvent.Types.Kind.Deleted } => "the contact was deleted",
        _ => null,
    };

    public static FeedEvent Of(TagEvent e) => new($"tags/{e.EventId}", e.ContactId, e.Time.ToDateTime())
    {
        Many = e.ContactIds,
        Cause = e.Cause ?? new(),
        SkipWorkflows = e.SkipWorkflows,
        Tag = e,
    };

    public static FeedEvent Of(ContactEvent e) => new($"contacts/{e.EventId}", e.ContactId, e.Time.ToDateTime())
    {
        Cause = e.Cause ?? new(),
        SkipWorkflows = e.SkipWorkflows,
        Contact = e,
    };

    public static FeedEvent Of(Activity e) => new($"activities/{e.ActivityId}", e.ContactId, (e.RecordTime ?? e.Time).ToDateTime())
    {
        SkipWorkflows = e.SkipWorkflows,
        Activity = e,
    };

    /// <summary>Makes the event of one of its contacts.</summary>
    public FeedEvent Of(int contactId) => this with
    {
        EventId = string.Create(CultureInfo.InvariantCulture, $"{EventId}.{contactId}"),
        ContactId = contactId,
        Many = [],
        WasPacked = true,
    };

    /// <summary>Whether a trigger starts on it. The name is the name of the event's tag; it is needed only for triggers by name.</summary>
    public bool Starts(Trigger trigger, string tagName) => this switch
    {
        { Tag: { } tag } => TriggerMatch.OnTag(
            trigger, RemovedTagId > 0 ? TagTrigger.Types.Change.Removed : TagTrigger.Types.Change.Added, tag.TagId, tagName),
        { Contact: { } contact } => TriggerMatch.OnContact(trigger, contact),
        { SegmentId: { } segmentId } => TriggerMatch.OnSegment(trigger, segmentId),
        { Activity: { } activity } => TriggerMatch.OnActivity(trigger, activity),
        _ => false,
    };
}
