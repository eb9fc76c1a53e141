using System.Globalization;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Filters;

/// <summary>Something that a filter refers to and that does not exist (any more).</summary>
internal sealed record MissingReference(string Resource, string Id, string Path)
{
    /// <summary>Names that may have been meant; empty for what goes by numbers.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>Says what is missing where, for people.</summary>
    public override string ToString() => $"{Path}: {Resource} {FilterErrors.Short(Id)} does not exist{FilterErrors.Hint(Suggestions)}";
}

/// <summary>Makes the errors that a filter can give.</summary>
internal static class FilterErrors
{
    public static RpcException Invalid(IReadOnlyList<(string Field, string Description)> violations) =>
        RpcErrors.InvalidFields(ErrorReason.FilterInvalid, $"{violations[0].Field}: {violations[0].Description}", violations);

    public static RpcException TooLarge(string message, string path = "filter") =>
        RpcErrors.InvalidFields(ErrorReason.FilterTooLarge, message, [(path, message)]);

    public static RpcException MissingReference(MissingReference missing) =>
        RpcErrors.Create(
            StatusCode.FailedPrecondition,
            ErrorReason.ReferenceMissing,
            missing.Suggestions.Count > 0 ? missing.ToString() : $"{missing}.",
            ("resource", missing.Resource),
            ("id", Short(missing.Id)),
            ("path", missing.Path),
            ("suggestions", string.Join(", ", missing.Suggestions)));

    /// <summary>Asks whether one of some names was meant; empty if there are none.</summary>
    public static string Hint(IReadOnlyList<string> suggestions) =>
        suggestions.Count == 0 ? "" : $"; did you mean {string.Join(" or ", suggestions)}?";

    /// <summary>Makes the error of segments that refer to themselves, by the names on the way.</summary>
    public static RpcException SegmentCycle(IEnumerable<string> path) =>
        RpcErrors.Create(
            StatusCode.FailedPrecondition, ErrorReason.SegmentCycle, "The segment would refer to itself.", ("path", string.Join(" > ", path)));

    /// <summary>Cuts what a caller wrote to a length that fits into a message: error details travel in headers.</summary>
    public static string Short(string text, int most = 100)
    {
        if (text.Length <= most)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";
    }

    /// <summary>Names a field as far as it can be named without the catalog.</summary>
    public static string FieldName(FieldRef? field) =>
        field is { RefCase: FieldRef.RefOneofCase.FieldId }
            ? field.FieldId.ToString(CultureInfo.InvariantCulture)
            : field?.Attribute ?? "";
}
