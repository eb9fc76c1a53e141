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
    public const int MaxActivities = 10_000;

    private const int MaxDepth = 20;
    private static readonly TimeSpan s_maxAhead = TimeSpan.FromMinutes(1);

    /// <summary>Throws INVALID_ARGUMENT naming every field that is wrong.</summary>
    public static List<ActivityEvent> ToEvents(IReadOnlyList<Activity> activities, DateTime now)
    {
        var checks = new FieldChecks();
        checks.Require(activities.Count is >= 1 and <= MaxActivities, "activities", $"must be 1 to {MaxActivities:N0}");
        checks.ThrowIfAny();
        var events = new List<ActivityEvent>(activities.Count);
        for (var i = 0; i < activities.Count; i++)
        {
            events.Add(ToEvent(activities[i], $"activities[{i}]", now, checks));
        }

        checks.ThrowIfAny();
        return events;
    }

    private static ActivityEvent ToEvent(Activity activity, string path, DateTime now, FieldChecks checks)
    {
        var custom = activity.Kind == Activity.Types.Kind.Custom;
        var campaign = Guid.Empty;
        checks
            .Require(activity.ContactId > 0, $"{path}.contact_id", "is required")
            .Require(activity.Kind is > 0 and <= Activity.Types.Kind.Custom, $"{path}.kind", "is not a kind of activity")
            .Require(custom || Enum.IsDefined(activity.Channel), $"{path}.channel", "is not a channel")
            .Require(activity.CampaignId.Length == 0 || Guid.TryParse(activity.CampaignId, out campaign), $"{path}.campaign_id", "is not a UUID")
            .Require(activity.Detail.Length <= 2_000, $"{path}.detail", "is longer than 2,000 characters")
            .Require(activity.DedupeKey.Length <= 200, $"{path}.dedupe_key", "is longer than 200 characters")
            .Require(!custom || activity.EventName.Trim().Length is >= 1 and <= 200, $"{path}.event_name", "must have 1 to 200 characters")
            .Require(custom || activity.EventName.Length == 0, $"{path}.event_name", "is for custom events only")
            .Require(Enum.IsDefined(activity.Bounce), $"{path}.bounce", "is not a class of bounces: hard or soft")
            .Require(
                activity.Kind == Activity.Types.Kind.Bounced || activity.Bounce == Activity.Types.Bounce.Unspecified, $"{path}.bounce", "is for bounces only")
            .Require(custom || activity.Properties is null, $"{path}.properties", "is for custom events only");
        return new ActivityEvent(
            activity.ContactId,
            activity.Kind,
            custom ? Channel.Unspecified : activity.Channel.OrEmail(),
            ToTime(activity, path, now, checks))
        {
            CampaignId = campaign == Guid.Empty ? null : campaign,
            Detail = custom ? StoredName.Of(activity.EventName) : activity.Detail is "" ? null : activity.Detail,
            Bounce = activity.Bounce,
            Properties = ToJson(activity, path, checks),
            Machine = activity.Machine,
            DedupeKey = activity.DedupeKey is "" ? null : activity.DedupeKey,
        };
    }

    private static DateTime ToTime(Activity activity, string path, DateTime now, FieldChecks checks)
    {
        if (activity.Time is not { } time)
        {
            return now;
        }

        var at = time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds is >= 0 and < 253_402_300_800 ? time.ToDateTime() : (DateTime?)null;
        checks.Require(
            at <= now + s_maxAhead, $"{path}.time", "must be a time from 1970 on and not later than a minute from now");
        return at ?? now;
    }

    private static string? ToJson(Activity activity, string path, FieldChecks checks)
    {
        if (activity.Properties is null)
        {
            return null;
        }

        if (Depth(activity.Properties) > MaxDepth)
        {
            checks.Require(false, $"{path}.properties", $"are nested more than {MaxDepth} levels deep");
            return null;
        }

        if (!TryFormat(activity.Properties, out var json))
        {
            checks.Require(false, $"{path}.properties", "are no JSON: a key is empty or a value is not set");
            return null;
        }

        checks
            .Require(System.Text.Encoding.UTF8.GetByteCount(json) <= 16_384, $"{path}.properties", "is larger than 16,384 bytes as JSON")
            .Require(!json.Contains("\\u0000", StringComparison.Ordinal), $"{path}.properties", "contains the character U+0000");
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
