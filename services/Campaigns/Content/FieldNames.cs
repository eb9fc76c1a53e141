using Fluid;
using Fluid.Ast;
using TagSegments.Filters.Catalog;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// Finds the custom fields that a template names and an account does not have, also where no example gets to: in the branches of conditions and in
/// loops.
/// </summary>
internal sealed class FieldNames(IReadOnlySet<string> known) : AstVisitor
{
    private string? _unknown;

    /// <summary>Finds the first unknown name of a template; null if there is none.</summary>
    public static string? FirstUnknownIn(IFluidTemplate template, IReadOnlySet<string> known)
    {
        var names = new FieldNames(known);
        names.VisitTemplate(template);
        return names._unknown;
    }

    /// <summary>Says that there is no such field, where it is named, and what it may have been meant to be.</summary>
    public static string Problem(string template, string name, IEnumerable<string> known)
    {
        var at = template.IndexOf(name, StringComparison.Ordinal);
        var place = at < 0 ? "" : $" ({TextPlace.Of(template, at)})";
        var meant = Suggestions.For(name, known);
        return $"there is no custom field \"{name}\"{place}{(meant.Count == 0 ? "" : $"; did you mean {string.Join(" or ", meant)}?")}";
    }

    /// <summary>contact.fields.city and contact.fields["city"].</summary>
    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        foreach (var index in memberExpression.Segments.OfType<IndexerSegment>())
        {
            Visit(index.Expression);
        }

        if (memberExpression.Segments is [var contact, var fields, var field, ..] && NameOf(contact) == "contact" && NameOf(fields) == "fields"
            && NameOf(field) is { } name && !known.Contains(name))
        {
            _unknown ??= name;
        }

        return memberExpression;
    }

    private static string? NameOf(MemberSegment segment) => segment switch
    {
        IdentifierSegment identifier => identifier.Identifier,
        IndexerSegment { Expression: LiteralExpression literal } => literal.Value.ToStringValue(),
        _ => null,
    };
}
