using Crm.Segments.V1;

namespace TagSegments.WebConsole.Filters.Builder;

/// <summary>The nodes of a filter by kind, and their places in it.</summary>
public static class FilterTree
{
    /// <summary>The kinds that a node can be made of, in the order in which they are offered.</summary>
    public static readonly IReadOnlyList<Filter.KindOneofCase> Kinds =
    [
        Filter.KindOneofCase.Tag, Filter.KindOneofCase.TagAdded, Filter.KindOneofCase.Field, Filter.KindOneofCase.Activity, Filter.KindOneofCase.Opportunity,
        Filter.KindOneofCase.Consent, Filter.KindOneofCase.Segment, Filter.KindOneofCase.Everyone, Filter.KindOneofCase.AllOf, Filter.KindOneofCase.AnyOf,
    ];

    /// <summary>Makes a node of a kind, as complete as it can be without a person's choice.</summary>
    public static Filter New(Filter.KindOneofCase kind) => kind switch
    {
        Filter.KindOneofCase.AllOf => new() { AllOf = new() { Filters = { New(Filter.KindOneofCase.Tag) } } },
        Filter.KindOneofCase.AnyOf => new() { AnyOf = new() { Filters = { New(Filter.KindOneofCase.Tag) } } },
        Filter.KindOneofCase.Negated => new() { Negated = New(Filter.KindOneofCase.Tag) },
        Filter.KindOneofCase.Everyone => new() { Everyone = new() },
        Filter.KindOneofCase.Tag => new() { Tag = new() { Match = TagClause.Types.Match.Any } },
        Filter.KindOneofCase.TagAdded => new() { TagAdded = new() { Window = LastDays(30) } },
        Filter.KindOneofCase.Field => new() { Field = new() { Field = new() { Attribute = "email" }, Operator = FieldClause.Types.Operator.IsNotEmpty } },
        Filter.KindOneofCase.Activity => new() { Activity = new() { Kind = ActivityClause.Types.Kind.Opened, Window = LastDays(7) } },
        Filter.KindOneofCase.Opportunity => new() { Opportunity = new() },
        Filter.KindOneofCase.Consent => new() { Consent = new() { State = ConsentClause.Types.State.Subscribed } },
        Filter.KindOneofCase.Segment => new() { Segment = new() },
        Filter.KindOneofCase.None => new(),
    };

    /// <summary>Gives a node the content of another one; what is in it goes.</summary>
    public static void Become(this Filter node, Filter other)
    {
        var copy = other.Clone();
        node.ClearKind();
        node.MergeFrom(copy);
    }

    /// <summary>Gets the members of a group; null for a clause.</summary>
    public static FilterGroup? Group(this Filter node) => node.AllOf ?? node.AnyOf;

    /// <summary>Gets the path of a member of a group, as the service writes it.</summary>
    public static string Member(this Filter node, string path, int index) => $"{path}.{(node.AllOf is not null ? "all_of" : "any_of")}.filters[{index}]";

    /// <summary>Lists a node of a funnel and all below it.</summary>
    public static IEnumerable<FunnelNode> WithMembers(this FunnelNode node) => node.Members.SelectMany(WithMembers).Prepend(node);

    private static TimeWindow LastDays(int days) => new() { Last = new() { Count = days, Unit = TimeUnit.Day } };
}
