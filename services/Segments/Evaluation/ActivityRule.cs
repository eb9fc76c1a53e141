using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Segments.Evaluation;

/// <summary>
/// Decides whether an activity clause can be answered from when something was last recorded: whether it was recorded at all since an
/// instant. Nothing recorded may lie behind the end of the window then, nor behind <c>now</c>, for it would hide what lies before.
/// </summary>
internal static class ActivityRule
{
    /// <summary>Reads a clause that can be answered so: the kind, the instant in ticks and whether the answer is negated. Null for others.</summary>
    public static (Kind Kind, long Since, bool Never)? Read(ActivityClause clause, AccountClocks clocks, FilterContext context)
    {
        var latest = clocks.MaxActivityAt ?? DateTime.MinValue;
        if (!ActivityStore.Columns.ContainsKey(clause.Kind)
            || clause.Channel == Channel.Sms
            || clause.CampaignId.Length > 0
            || Never(clause.Quantity) is not { } never
            || latest > context.Instant.ToDateTimeUtc())
        {
            return null;
        }

        return clause.Window is null ? (clause.Kind, 1, never)
            : Since(clause.Window, latest, context) is { } since ? (clause.Kind, since, never)
            : null;
    }

    private static bool? Never(Quantity? quantity) => quantity switch
    {
        null => false,
        { HasAtLeast: true, AtLeast: 1, HasAtMost: false } => false,
        { HasAtLeast: false, HasAtMost: true, AtMost: 0 } => true,
        _ => null,
    };

    private static long? Since(TimeWindow window, DateTime latest, FilterContext context)
    {
        if (window.ContactZone)
        {
            return null;
        }

        var range = context.Windows.Resolve(window);
        var zone = context.Windows.ZoneOf(window);
        var endsBehindAll = range.Until.IsAfterEverything
            || (range.Until.ToInstant(zone) is { } until && until.ToDateTimeUtc() > latest);
        if (!endsBehindAll || range.From.IsAfterEverything)
        {
            return null;
        }

        // In microseconds, as the database compares.
        var ticks = range.From.ToInstant(zone)?.ToDateTimeUtc().Ticks ?? 1;
        return Math.Max(1, ticks - (ticks % TimeSpan.TicksPerMicrosecond));
    }
}
