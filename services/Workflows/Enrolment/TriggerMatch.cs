using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Enrolment;

/// <summary>Decides whether a trigger starts on an event.</summary>
internal static class TriggerMatch
{
    public static bool OnTag(Trigger trigger, TagTrigger.Types.Change change, int tagId, string tagName)
    {
        if (trigger.Tag is not { } tag || (tag.Change is TagTrigger.Types.Change.Removed) != (change is TagTrigger.Types.Change.Removed))
        {
            return false;
        }

        return tag.Any
            || tag.TagIds.Contains(tagId)
            || (tag.NamePrefix.Length > 0 && tagName.StartsWith(tag.NamePrefix, StringComparison.Ordinal));
    }

    public static bool OnStage(Trigger trigger, int stageId) =>
        trigger.Stage is { } stage && (stage.StageId == 0 || stage.StageId == stageId);

    public static bool OnSegment(Trigger trigger, Guid segmentId) =>
        trigger.SegmentEntered is { } entered && Guid.Parse(entered.SegmentId) == segmentId;

    public static bool OnContact(Trigger trigger, ContactEvent contactEvent) => contactEvent.Kind switch
    {
        ContactEvent.Types.Kind.Created => trigger.ContactCreated is not null,
        ContactEvent.Types.Kind.OpportunityStageChanged => OnStage(trigger, contactEvent.StageId),
        _ => false,
    };

    public static bool OnActivity(Trigger trigger, Activity activity)
    {
        if (trigger.Activity is not { } wanted || activity.Machine || (int)wanted.Kind != (int)activity.Kind)
        {
            return false;
        }

        return activity.Kind is Activity.Types.Kind.Custom
            ? wanted.EventName == activity.EventName
            : OrEmail(wanted.Channel) == OrEmail(activity.Channel)
                && (wanted.CampaignId.Length == 0 || SameId(wanted.CampaignId, activity.CampaignId))
                && (wanted.LinkPrefix.Length == 0 || activity.Detail.StartsWith(wanted.LinkPrefix, StringComparison.Ordinal));
    }

    private static Channel OrEmail(Channel channel) => channel is Channel.Unspecified ? Channel.Email : channel;

    private static bool SameId(string wanted, string actual) =>
        Guid.TryParse(wanted, out var left) && Guid.TryParse(actual, out var right) && left == right;
}
