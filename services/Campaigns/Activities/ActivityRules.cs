using Crm.Activity.V1;
using Crm.Common.V1;
using Google.Protobuf;
using TagSegments.Filters.Text;
using Struct = Google.Protobuf.WellKnownTypes.Struct;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace TagSegments.Campaigns.Activities;

/// <summary>Checks activities and turns them into events.</summary>
internal static class ActivityRules
{
    private const int MaxDepth = 20;
    private static readonly TimeSpan s_maxAhead = TimeSpan.FromMinutes(1);

    /// <summary>Turns an activity into an event, of contact 0 if the activity has a key instead; the checks tell which of its fields are wrong.</summary>
    public static ActivityEvent ToEvent(Activity activity, DateTime now, FieldChecks checks)
    {
        var custom = activity.Kind == Activity.Types.Kind.Custom;
        var campaign = Guid.Empty;
        checks
            .Require(activity.ContactKey is not null || activity.ContactId > 0, "contact_id", "is required, or contact_key instead")
            .Require(activity.ContactKey is null || activity.ContactId == 0, "contact_key", "is set together with contact_id")
            .Require(activity.ContactKey is not { KeyCase: ContactKey.KeyOneofCase.None }, "contact_key", "names no contact")
            .Require(activity.Kind is > 0 and <= Activity.Types.Kind.Custom, "kind", "is not a kind of activity")
            .Require(custom || Enum.IsDefined(activity.Channel), "channel", "is not a channel")
            .Require(activity.CampaignId.Length == 0 || Guid.TryParse(activity.CampaignId, out campaign), "campaign_id", "is not a UUID")
            .Require(activity.Detail.Length <= 2_000, "detail", "is longer than 2,000 characters")
            .Require(activity.DedupeKey.Length <= 200, "dedupe_key", "is longer than 200 characters")
            .Require(!custom || activity.EventName.Trim().Length is >= 1 and <= 200, "event_name", "must have 1 to 200 characters")
            .Require(custom || activity.EventName.Length == 0, "event_name", "is for custom events only")
            .Require(Enum.IsDefined(activity.Bounce), "bounce", "is not a class of bounces: hard or soft")
            .Require(activity.Kind == Activity.Types.Kind.Bounced || activity.Bounce == Activity.Types.Bounce.Unspecified, "bounce", "is for bounces only")
            .Require(custom || activity.Properties is null, "properties", "is for custom events only");
        return new ActivityEvent(
            activity.ContactId,
            activity.Kind,
            custom ? Channel.Unspecified : activity.Channel.OrEmail(),
            ToTime(activity, now, checks))
        {
            CampaignId = campaign == Guid.Empty ? null : campaign,
            Detail = custom ? StoredName.Of(activity.EventName) : activity.Detail is "" ? null : activity.Detail,
            Bounce = activity.Bounce,
            Properties = ToJson(activity, checks),
            Machine = activity.Machine,
            DedupeKey = activity.DedupeKey is "" ? null : activity.DedupeKey,
        };
    }

    private static DateTime ToTime(Activity activity, DateTime now, FieldChecks checks)
    {
        if (activity.Time is not { } time)
        {
            return now;
        }

        var at = time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds is >= 0 and < 253_402_300_800 ? time.ToDateTime() : (DateTime?)null;
        checks.Require(
            at <= now + s_maxAhead, "time", "must be a time from 1970 on and not later than a minute from now");
        return at ?? now;
    }

    private static string? ToJson(Activity activity, FieldChecks checks)
    {
        if (activity.Properties is null)
        {
            return null;
        }

        if (Depth(activity.Properties) > MaxDepth)
        {
            checks.Require(false, "properties", $"are nested more than {MaxDepth} levels deep");
            return null;
        }

        if (!TryFormat(activity.Properties, out var json))
        {
            checks.Require(false, "properties", "are no JSON: a key is empty or a value is not set");
            return null;
        }

        checks
            .Require(System.Text.Encoding.UTF8.GetByteCount(json) <= 16_384, "properties", "is larger than 16,384 bytes as JSON")
            .Require(!json.Contains("\\u0000", StringComparison.Ordinal), "properties", "contains the character U+0000");
        return json;
    }

    // Answers wrap them in more messages than requests do, and messages can only be so deep.
    private static int Depth(Struct properties) => 1 + properties.Fields.Values.Select(Depth).DefaultIfEmpty().Max();

    private static int Depth(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StructValue => Depth(value.StructValue),
        Value.KindOneofCase.ListValue => 1 + value.ListValue.Values.Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static bool TryFormat(Struct properties, out string json)
    {
        try
        {
            json = JsonFormatter.Default.Format(properties);
            return true;
        }
        catch (InvalidOperationException)
        {
            json = "";
            return false;
        }
    }
}
