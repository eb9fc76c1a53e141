using Fluid;
using Fluid.Ast;
using TagSegments.Filters.Catalog;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// Finds the attributes and custom fields of contacts that a template names and an account does not have, also where no example gets to: in the branches
/// of conditions and in loops.
/// </summary>
internal sealed class FieldNames(string text, IReadOnlySet<string> known) : AstVisitor
{
    private const string Contact = "contact";

    // A template can give the name to something else.
    private readonly bool _isContact = !new[] { "assign contact", "capture contact", "for contact in" }.Any(text.Contains);
    private string? _problem;

    /// <summary>Says what is wrong with the first unknown name of a template; null if there is none.</summary>
    public static string? FirstProblemIn(string text, IFluidTemplate template, IReadOnlySet<string> known)
    {
        var names = new FieldNames(text, known);
        names.VisitTemplate(template);
        return names._problem;
    }

    /// <summary>Says that a template has no such merge field, where it is named, and what it may have been meant to be.</summary>
    public static string Missing(string text, string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        string[] meant = !path.Contains('.', StringComparison.Ordinal) && MergeFields.Attributes.Contains(path)
            ? [$"{Contact}.{path}"]
            : [.. Suggestions.For(path, MergeFields.Attributes.Select(attribute => $"{Contact}.{attribute}"))];
        return $"there is no merge field {path}{Place(text, name)}{Meant(meant)}";
    }

    private static string Place(string text, string name) =>
        text.IndexOf(name, StringComparison.Ordinal) is var at and >= 0 ? $" ({TextPlace.Of(text, at)})" : "";

    private static string Meant(IReadOnlyCollection<string> names) => names.Count == 0 ? "" : $"; did you mean {string.Join(" or ", names)}?";

    /// <summary>contact.fields.city and contact.fields["city"].</summary>
    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        foreach (var index in memberExpression.Segments.OfType<IndexerSegment>())
        {
            Visit(index.Expression);
        }

        var segments = memberExpression.Segments;
        if (segments is [var contact, var attribute, ..] && NameOf(contact) == Contact)
        {
            _problem ??= NameOf(attribute) is not { } name ? null
                : name == "fields" ? (segments is [_, _, var field, ..] && NameOf(field) is { } key && !known.Contains(key) ? NoField(key) : null)
                : _isContact && !MergeFields.Attributes.Contains(name) ? Missing(text, $"{Contact}.{name}")
                : null;
        }

        return memberExpression;
    }

    private string NoField(string name) => $"there is no custom field \"{name}\"{Place(text, name)}{Meant(Suggestions.For(name, known))}";

    private static string? NameOf(MemberSegment segment) => segment switch
    {
        IdentifierSegment identifier => identifier.Identifier,
        IndexerSegment { Expression: LiteralExpression literal } => literal.Value.ToStringValue(),
        _ => null,
    };
}
