using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using TagSegments.Filters.Facts;
using TagSegments.Filters.Windows;
using TagSegments.Segments.Sql;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Kind = Crm.Segments.V1.TimeWindow.KindOneofCase;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>
/// Decides which question PostgreSQL gets for a positive clause. A clause that does not roll with <c>now</c> is asked as it is. If a window
/// rolls, times are asked if they can answer the clause: the latest one for windows that reach to now, the earliest one for windows without
/// a start. All other clauses are asked again each time. For a comparison with a number all numbers of the field are asked.
/// </summary>
internal sealed class LeafReader(FilterContext context)
{
    /// <summary>Reads a clause.</summary>
    public LeafUse Read(Filter clause) => !context.Sources.ArePresent ? Ask(clause) : clause.KindCase switch
    {
        Filter.KindOneofCase.Field => Field(clause),
        Filter.KindOneofCase.Activity => Activity(clause),
        Filter.KindOneofCase.Opportunity => Opportunity(clause),
        Filter.KindOneofCase.TagAdded => TagAdded(clause),
        // A clause that is not read by times is kept unless it changes without a change of the records.
        _ => ClauseFacts.Of(clause) is { ChangesWithTime: false } facts && !facts.DependsOn.HasFlag(ClauseData.Activity) ? Keep(clause) : Ask(clause),
    };

    private LeafUse Field(Filter clause)
    {
        var field = clause.Field;
        switch (context.Catalog.Field(field.Field, ofOpportunity: false)?.Type)
        {
            case FieldType.Number when NumberCode.Span(field) is { } span:
                return new(Make(ValueOf(field), new LeafNumber()), span.From, span.Until);
            case FieldType.DateTime when field.Operator == Operator.InWindow && field.Window.ContactZone:
                return KeepUnlessRolling(clause, field.Window);
            case FieldType.DateTime when field.Operator == Operator.InWindow:
                var (from, until) = Ticks(field.Window);
                return new(Make(ValueOf(field), new LeafTime(Earliest: false)), from, until);
            default:
                return Keep(clause);
        }
    }

    private static Filter ValueOf(FieldClause clause) => new() { Field = new FieldClause { Field = clause.Field } };

    // While no activity is recorded for later than now, the end of the window need not be checked.
    private LeafUse Activity(Filter clause)
    {
        context.RequireEvents(clause.Activity);
        var (activity, window) = (clause.Activity, clause.Activity.Window);
        if (!context.NothingLater)
        {
            return Ask(clause);
        }

        if (window is { ContactZone: true } || activity.PropertySum is not null)
        {
            return window is null ? Keep(clause) : KeepUnlessRolling(clause, window);
        }

        var (from, until) = window is null ? (1, long.MaxValue) : Ticks(window);
        if (until > context.LatestActivity.Ticks)
        {
            return new(Times(activity, earliest: false), from);
        }

        return window!.KindCase == Kind.BeforeLast ? new(Times(activity, earliest: true), 1, until) : KeepUnlessRolling(clause, window);
    }

    private Leaf Times(ActivityClause activity, bool earliest)
    {
        var nth = activity.Quantity?.AtLeast ?? 1;
        var any = new ActivityClause(activity) { Window = null, Quantity = null };
        // The roll-up knows the kind of activity by e-mail, and nothing else that a clause may ask about.
        var isRolledUp = !earliest && nth == 1 && activity.Channel != Channel.Sms && FilterSql.RollUp.ContainsKey(activity.Kind)
            && any.Equals(new ActivityClause { Kind = activity.Kind, Channel = activity.Channel });
        return Make(new Filter { Activity = any }, new LeafTime(earliest, nth) { IsRolledUp = isRolledUp });
    }

    private LeafUse Opportunity(Filter clause)
    {
        var opportunity = clause.Opportunity;
        var rolling = opportunity.Conditions.Where(IsRollingInstant).ToList();
        if (rolling.Count == 0)
        {
            return Keep(clause);
        }

        var nth = opportunity.Quantity?.AtLeast ?? 1;
        if (rolling is not [{ Window: { ContactZone: false } window } condition] || opportunity.AmountSum is not null
            || !(window.KindCase == Kind.BeforeLast || (window.KindCase == Kind.Last && nth == 1)))
        {
            return Ask(clause);
        }

        var rest = new OpportunityClause { Conditions = { opportunity.Conditions.Where(other => other != condition) } };
        return Times(clause, window, new Filter { Opportunity = rest }, new LeafTime(window.KindCase == Kind.BeforeLast, nth) { Field = condition.Field });
    }

    private bool IsRollingInstant(FieldClause condition) =>
        condition.Operator == Operator.InWindow && IsRolling(condition.Window)
        && context.Catalog.Field(condition.Field, ofOpportunity: true)?.Type == FieldType.DateTime;

    private LeafUse TagAdded(Filter clause)
    {
        var window = clause.TagAdded.Window;
        return window.ContactZone || window.KindCase is not (Kind.Last or Kind.BeforeLast)
            ? KeepUnlessRolling(clause, window)
            : Times(
                clause,
                window,
                new Filter { TagAdded = new TagAddedClause { TagId = clause.TagAdded.TagId, Window = new TimeWindow() } },
                new LeafTime(window.KindCase == Kind.BeforeLast));
    }

    // In a window that ends now, the latest time is enough, unless it is later than now.
    private LeafUse Times(Filter clause, TimeWindow window, Filter any, LeafTime time)
    {
        var (from, until) = Ticks(window);
        return new(Make(any, time), from, until) { Instead = time.Earliest ? null : Ask(clause).Leaf };
    }

    private LeafUse KeepUnlessRolling(Filter clause, TimeWindow window) => IsRolling(window) ? Ask(clause) : Keep(clause);

    private static bool IsRolling(TimeWindow window) => window.KindCase is Kind.Last or Kind.Next or Kind.BeforeLast;

    private LeafUse Keep(Filter clause) => new(Make(clause, null));

    private LeafUse Ask(Filter clause) => new(Make(clause, null) with { IsKept = false });

    private Leaf Make(Filter clause, LeafValue? value) => new(clause, value) { Key = LeafKey.Of(clause, value, context), IsKept = true };

    // In microseconds, as the database compares.
    private (long From, long Until) Ticks(TimeWindow window)
    {
        var range = context.Windows.Resolve(window);
        var zone = context.Windows.ZoneOf(window);
        return (Ticks(range.From), Ticks(range.Until));

        long Ticks(TimeEdge edge) => edge.IsAfterEverything ? long.MaxValue
            : edge.ToInstant(zone)?.ToDateTimeUtc().Ticks is { } ticks ? Math.Max(1, ticks - (ticks % TimeSpan.TicksPerMicrosecond))
            : 1;
    }
}
