using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Filters.Values;

namespace TagSegments.Segments.Sql;

/// <summary>Makes the errors of a filter that was read from a text: what the checks find is told by its place in the text.</summary>
/// <param name="parsed">The filter.</param>
/// <param name="field">The field of the request that holds the text.</param>
/// <param name="rootPath">The path of the filter in the checks.</param>
internal sealed class TextErrors(ParsedFilter parsed, string field, string rootPath)
{
    /// <summary>Throws INVALID_ARGUMENT for violations, then FAILED_PRECONDITION for missing references.</summary>
    public void ThrowIfAny(FilterProblems problems)
    {
        if (problems.Violations.Count > 0)
        {
            throw Invalid(problems);
        }

        if (problems.Missing is [var missing, ..])
        {
            throw Missing(missing);
        }
    }

    /// <summary>Says where in the text the part stands that an error is about.</summary>
    public RpcException At(RpcException error, Filter part)
    {
        var place = parsed.Places.Find(part, "", "");
        var message = FilterMessages.Describe(place, $"'{place.Excerpt}': {error.Status.Detail}", [], []);
        return error.IsFor(ErrorReason.FilterTooLarge)
            ? RpcErrors.InvalidFields(ErrorReason.FilterTooLarge, message, [(field, message)], Metadata(place))
            : RpcErrors.Create(error.StatusCode, ErrorReason.SegmentCycle, message, [.. Metadata(place), ("path", PathOf(error))]);
    }

    private static string PathOf(RpcException error) =>
        error.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>().Metadata.GetValueOrDefault("path") ?? "";

    private RpcException Invalid(FilterProblems problems)
    {
        var first = problems.IsTooLarge ? problems.Violations[^1] : problems.Violations[0];
        var place = Place(first.Field);
        return RpcErrors.InvalidFields(
            problems.IsTooLarge ? ErrorReason.FilterTooLarge : ErrorReason.FilterInvalid,
            Describe(first),
            problems.Violations.Select(violation => (field, Describe(violation))),
            [.. Metadata(place), ("path", first.Field), ("kind", FilterErrors.KindOf(first)), ("expected", string.Join(", ", first.Expected))]);
    }

    private RpcException Missing(MissingReference missing)
    {
        var place = Place(missing.Path);
        return RpcErrors.Create(
            StatusCode.FailedPrecondition,
            ErrorReason.ReferenceMissing,
            FilterMessages.Describe(place, $"the {missing.Resource} {MessageText.Short(missing.Id)} does not exist", [], missing.Suggestions),
            [
                .. Metadata(place),
                ("resource", missing.Resource),
                ("id", MessageText.Short(missing.Id)),
                ("path", missing.Path),
                ("suggestions", string.Join(", ", missing.Suggestions)),
            ]);
    }

    private string Describe(FilterViolation violation)
    {
        var place = Place(violation.Field);
        return FilterMessages.Describe(place, $"'{place.Excerpt}' {violation.Description}", violation.Expected, []);
    }

    private TextSpan Place(string path) => parsed.Places.Find(parsed.Filter, path, rootPath);

    private static (string Key, string Value)[] Metadata(TextSpan place) => FilterErrors.Place(place.Start, place.Line, place.Column);
}
