using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Filters.Tree;
using ActivityKind = Crm.Segments.V1.ActivityClause.Types.Kind;
using Kind = Crm.Segments.V1.Filter.KindOneofCase;

namespace TagSegments.Filters.Facts;

/// <summary>
/// The facts about a clause: what it refers to, depends on and costs. No other place says it. <see cref="Of"/> has no default, so the compiler
/// asks about a new kind of clause.
/// </summary>
public sealed class ClauseFacts
{
    /// <summary>The subject that two versions of one clause share, so that one counts as an edit of the other; null for a group.</summary>
    public object? Subject { get; private init; }

    /// <summary>The name of a group whose members are listed below it; null for a clause.</summary>
    public string? GroupName { get; private init; }

    /// <summary>The data on which its truth depends.</summary>
    public ClauseData DependsOn { get; private init; }

    /// <summary>The tags that it names by number.</summary>
    public IReadOnlyList<int> TagIds { get; private init; } = [];

    /// <summary>The campaign that it names; empty for none.</summary>
    public string CampaignId { get; private init; } = "";

    /// <summary>The segment that it refers to; empty for none.</summary>
    public string SegmentId { get; private init; } = "";

    /// <summary>The comparisons of fields in it.</summary>
    public IReadOnlyList<ClauseCondition> Conditions { get; private init; } = [];

    /// <summary>The kind of activity that it counts; not set for none.</summary>
    public ActivityKind Activity { get; private init; }

    /// <summary>The channel whose suppression list it depends on; null for none.</summary>
    public Channel? Suppressions { get; private init; }

    /// <summary>How many clauses it counts as: a group does not count, its members do.</summary>
    public int Weight { get; private init; } = 1;

    /// <summary>The windows that it asks about.</summary>
    public IReadOnlyList<ClauseWindow> Windows { get; private init; } = [];

    /// <summary>Whether its truth can change with time alone. The filter of a segment is not known here, so a segment can.</summary>
    public bool ChangesWithTime => Windows.Count > 0 || DependsOn.HasFlag(ClauseData.Segment);

    /// <summary>The cost of answering it.</summary>
    public ClauseCost Cost =>
        DependsOn.HasFlag(ClauseData.Activity) ? ClauseCost.Events
        : DependsOn.HasFlag(ClauseData.TagLog) ? ClauseCost.TagChanges
        : DependsOn.HasFlag(ClauseData.Opportunities) ? ClauseCost.Opportunities
        : ClauseCost.Contacts;

    /// <summary>Gets the facts about a node, apart from its members.</summary>
    /// <exception cref="UnknownClauseException">The kind of the node is not known here.</exception>
    public static ClauseFacts Of(Filter filter) => filter.KindCase switch
    {
        Kind.AllOf => new ClauseFacts { Weight = 0, GroupName = "all of" },
        Kind.AnyOf => new ClauseFacts { Weight = 0, GroupName = "any of" },
        Kind.Negated => new ClauseFacts { Weight = 0, GroupName = "not" },
        Kind.Everyone => new ClauseFacts { Subject = filter.KindCase },
        Kind.Tag => new ClauseFacts { Subject = filter.KindCase, DependsOn = ClauseData.Tags, TagIds = filter.Tag.TagIds },
        Kind.TagAdded => new ClauseFacts
        {
            Subject = (filter.KindCase, filter.TagAdded.TagId),
            DependsOn = ClauseData.TagLog | Zone(filter.TagAdded.Window),
            TagIds = [filter.TagAdded.TagId],
            Windows = Own(filter.TagAdded.Window, "added"),
        },
        Kind.Field => OfConditions(filter.Field.Field, ClauseData.Contact, [new(filter.Field, OfOpportunity: false)], weight: 1),
        Kind.Activity => new ClauseFacts
        {
            Subject = (filter.Activity.Kind, filter.Activity.Channel, filter.Activity.EventName),
            DependsOn = ClauseData.Activity | Zone(filter.Activity.Window),
            CampaignId = filter.Activity.CampaignId,
            Activity = filter.Activity.Kind,
            Windows = Own(filter.Activity.Window, ""),
            Weight = 1 + filter.Activity.Properties.Count,
        },
        Kind.Opportunity => OfConditions(
            filter.KindCase,
            ClauseData.Opportunities | Names(filter.Opportunity),
            [.. filter.Opportunity.Conditions.Select(condition => new ClauseCondition(condition, OfOpportunity: true))],
            weight: 1 + filter.Opportunity.Conditions.Count),
        Kind.Consent => OfConsent(filter.Consent),
        Kind.Segment => new ClauseFacts
        {
            Subject = filter.KindCase,
            DependsOn = ClauseData.Segment,
            SegmentId = filter.Segment.SegmentId,
        },
        Kind.None => throw new UnknownClauseException(),
    };

    private static ClauseFacts OfConditions(object subject, ClauseData data, IReadOnlyList<ClauseCondition> conditions, int weight) => new()
    {
        Subject = subject,
        DependsOn = conditions.Aggregate(data, (known, condition) => known | Zone(condition.Clause.Window)),
        Conditions = conditions,
        Windows = [.. conditions.SelectMany(condition => Own(condition.Clause.Window, "", condition))],
        Weight = weight,
    };

    private static ClauseFacts OfConsent(ConsentClause clause)
    {
        var isSuppressed = clause.State == ConsentClause.Types.State.Suppressed;
        return new ClauseFacts
        {
            Subject = (Kind.Consent, clause.Channel),
            DependsOn = ClauseData.Contact | (isSuppressed ? ClauseData.Suppressions : ClauseData.None),
            Suppressions = isSuppressed ? clause.Channel : null,
        };
    }

    private static ClauseData Names(OpportunityClause clause) =>
        clause.Conditions.Any(condition => condition.Field?.Attribute is "pipeline" or "stage") ? ClauseData.Names : ClauseData.None;

    // A window in the contact's zone moves with the zone that the record holds.
    private static ClauseData Zone(TimeWindow? window) => window is { ContactZone: true } ? ClauseData.Contact : ClauseData.None;

    private static ClauseWindow[] Own(TimeWindow? window, string label, ClauseCondition? condition = null) =>
        window is null or { KindCase: TimeWindow.KindOneofCase.None } ? [] : [new ClauseWindow(window, label, condition)];
}
