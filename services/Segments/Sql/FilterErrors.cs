using System.Globalization;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Values;

namespace TagSegments.Segments.Sql;

/// <summary>Makes the errors that a filter can give.</summary>
internal static class FilterErrors
{
    /// <summary>Throws INVALID_ARGUMENT for violations, then FAILED_PRECONDITION for missing references.</summary>
    public static void ThrowIfAny(this FilterProblems problems)
    {
        if (problems.Violations is [var first, ..])
        {
            throw problems.IsTooLarge
                ? TooLarge(problems.Violations[^1].Description, problems.Violations[^1].Field)
                : RpcErrors.InvalidFields(
                    ErrorReason.FilterInvalid, $"{first.Field}: {first.Description}", problems.Violations.Select(v => (v.Field, v.Description)), ("kind", KindOf(first)));
        }

        if (problems.Missing is [var missing, ..])
        {
            throw MissingReference(missing);
        }
    }

    /// <summary>Makes the error of a text that is not a filter; <paramref name="field"/> is the field of the request that holds the text.</summary>
    public static RpcException Syntax(FilterSyntaxException e, string field = "text") =>
        RpcErrors.InvalidFields(
            e.IsTooLarge ? ErrorReason.FilterTooLarge : ErrorReason.FilterInvalid,
            e.Message,
            [(field, e.Message)],
            [
                .. Place(e.Position, e.Line, e.Column),
                ("kind", Name(e.Kind)),
                ("resource", e.Resource),
                ("expected", string.Join(", ", e.Expected)),
                ("suggestions", string.Join(", ", e.Suggestions)),
            ]);

    internal static string KindOf(FilterViolation violation) =>
        Name(violation.Field.EndsWith(".operator", StringComparison.Ordinal) ? FilterErrorKind.Operator : FilterErrorKind.Value);

    internal static (string Key, string Value)[] Place(int position, int line, int column) =>
    [
        ("position", position.ToString(CultureInfo.InvariantCulture)),
        ("line", line.ToString(CultureInfo.InvariantCulture)),
        ("column", column.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string Name(FilterErrorKind kind) => kind.ToString().ToUpperInvariant();

    /// <summary>Makes the error of a filter that exceeds a limit.</summary>
    public static RpcException TooLarge(string message, string path = "filter") =>
        RpcErrors.InvalidFields(ErrorReason.FilterTooLarge, message, [(path, message)]);

    /// <summary>Makes the error of a filter that asks for too much; <paramref name="text"/> is empty if it was given as a tree or by name.</summary>
    public static RpcException TooExpensive(string message, string text)
    {
        if (text.Length == 0)
        {
            return TooLarge(message);
        }

        var place = new TextSpan(text, text.Length - text.TrimStart().Length, text.Length);
        var described = FilterMessages.Describe(place, message, ["a filter that asks for less"], []);
        return RpcErrors.InvalidFields(ErrorReason.FilterTooLarge, described, [("text", described)], Place(place.Start, place.Line, place.Column));
    }

    /// <summary>Makes the error of something that does not exist.</summary>
    public static RpcException MissingReference(MissingReference missing) =>
        RpcErrors.Create(
            StatusCode.FailedPrecondition,
            ErrorReason.ReferenceMissing,
            missing.Suggestions.Count > 0 ? missing.ToString() : $"{missing}.",
            ("resource", missing.Resource),
            ("id", MessageText.Short(missing.Id)),
            ("path", missing.Path),
            ("suggestions", string.Join(", ", missing.Suggestions)));

    /// <summary>Makes the error of segments that refer to themselves, by the names on the way.</summary>
    public static RpcException SegmentCycle(IEnumerable<string> path)
    {
        var circle = string.Join(" > ", path);
        return RpcErrors.Create(
            StatusCode.FailedPrecondition, ErrorReason.SegmentCycle, $"The segment would refer to itself: {MessageText.Short(circle)}", ("path", circle));
    }

    /// <summary>Names a field as far as it can be named without the catalog.</summary>
    public static string FieldName(FieldRef? field) =>
        field is { RefCase: FieldRef.RefOneofCase.FieldId }
            ? field.FieldId.ToString(CultureInfo.InvariantCulture)
            : field?.Attribute ?? "";
}
