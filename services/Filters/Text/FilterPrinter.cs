using System.Globalization;
using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Tree;

namespace TagSegments.Filters.Text;

/// <summary>
/// Writes a filter in its canonical text form, which reads back as the same tree. Names are the current ones; a deleted thing is written by
/// its id, <c>#17</c>.
/// </summary>
public static partial class FilterPrinter
{
    /// <summary>Writes a filter or one clause of it.</summary>
    public static string Print(Filter filter, FilterCatalog catalog) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => Group(filter.AllOf, " AND ", catalog),
        Filter.KindOneofCase.AnyOf => Group(filter.AnyOf, " OR ", catalog),
        Filter.KindOneofCase.Negated => $"NOT {Member(filter.Negated, catalog)}",
        Filter.KindOneofCase.Everyone => "everyone",
        Filter.KindOneofCase.Tag => Tag(filter.Tag, catalog),
        Filter.KindOneofCase.TagAdded => $"tag {TagName(filter.TagAdded.TagId, catalog)} added {Window(filter.TagAdded.Window)}",
        Filter.KindOneofCase.Field => Field(filter.Field, catalog, ofOpportunity: false),
        Filter.KindOneofCase.Activity => Activity(filter.Activity, catalog),
        Filter.KindOneofCase.Opportunity => Opportunity(filter.Opportunity, catalog),
        Filter.KindOneofCase.Consent => Consent(filter.Consent),
        Filter.KindOneofCase.Segment => $"in segment {Name(catalog.Segments, filter.Segment.SegmentId, filter.Segment.SegmentId)}",
        Filter.KindOneofCase.None => throw new UnknownClauseException(),
    };

    /// <summary>Writes one condition on an opportunity.</summary>
    public static string PrintCondition(FieldClause condition, FilterCatalog catalog) => Field(condition, catalog, ofOpportunity: true);

    private static string Group(FilterGroup group, string connective, FilterCatalog catalog) =>
        string.Join(connective, group.Filters.Select(member => Member(member, catalog)));

    private static string Member(Filter member, FilterCatalog catalog) =>
        member.KindCase is Filter.KindOneofCase.AllOf or Filter.KindOneofCase.AnyOf
            ? $"({Print(member, catalog)})"
            : Print(member, catalog);

    private static string Tag(TagClause clause, FilterCatalog catalog)
    {
        if (clause.TagIds.Count == 0)
        {
            var which = clause.NamePrefix.Length > 0 ? $" starting with {Quote(clause.NamePrefix)}" : "";
            var some = clause.NamePrefix.Length > 0 ? "has tag" : "has any tag";
            return (clause.Match == TagClause.Types.Match.None ? "has no tag" : some) + which;
        }

        var names = string.Join(", ", clause.TagIds.Select(id => TagName(id, catalog)));
        return clause.Match switch
        {
            TagClause.Types.Match.All => $"has all tags ({names})",
            TagClause.Types.Match.None => $"has none of tags ({names})",
            _ when clause.TagIds.Count == 1 => $"has tag {names}",
            _ => $"has any tag ({names})",
        };
    }

    private static string TagName(int id, FilterCatalog catalog) =>
        Name(catalog.Tags, id, id.ToString(CultureInfo.InvariantCulture));

    private static string Consent(ConsentClause clause) => clause.State switch
    {
        ConsentClause.Types.State.Never => $"never asked for {Channel(clause.Channel)}",
        ConsentClause.Types.State.Subscribed => $"subscribed to {Channel(clause.Channel)}",
        ConsentClause.Types.State.Unsubscribed => $"unsubscribed from {Channel(clause.Channel)}",
        _ => $"suppressed for {Channel(clause.Channel)}",
    };

    // The name if it leads back to this very id.
    private static string Name<TId>(NameIndex<TId> index, TId id, string idText)
        where TId : notnull =>
        index.ById(id) is { } item && index.ByName(item.Name) == item ? Quote(item.Name) : $"#{idText}";

    private static string Channel(Channel channel) => channel == Crm.Common.V1.Channel.Sms ? "sms" : "email";

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
