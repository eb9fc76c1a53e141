using System.Globalization;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments.Filters;

/// <summary>Says where and why a text is no filter, what was expected there and what may have been meant.</summary>
internal sealed class FilterSyntaxException(string text, int position, string problem) : Exception
{
    /// <summary>The index of the first character that is wrong, from 0, in UTF-16 units.</summary>
    public int Position { get; } = position;

    /// <summary>The line of that character, from 1.</summary>
    public int Line => 1 + text.AsSpan(0, Position).Count('\n');

    /// <summary>The column of that character in its line, from 1.</summary>
    public int Column => Position - text.AsSpan(0, Position).LastIndexOf('\n');

    /// <summary>What could stand there.</summary>
    public IReadOnlyList<string> Expected { get; init; } = [];

    /// <summary>Names or words that are close to what stands there.</summary>
    public IReadOnlyList<string> Suggestions { get; init; } = [];

    /// <summary>Whether the text is fine but too large.</summary>
    public bool IsTooLarge { get; init; }

    public override string Message
    {
        get
        {
            var expected = Expected.Count > 0 ? $"; expected {string.Join(", ", Expected)}" : "";
            var hint = Suggestions.Count > 0 ? $"; did you mean {string.Join(" or ", Suggestions)}?" : "";
            return string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {problem}{expected}{hint}");
        }
    }

    /// <summary>Makes the error that callers get; <paramref name="field"/> is where the text stands in the request.</summary>
    public RpcException ToRpcException(string field = "text") =>
        RpcErrors.InvalidFields(
            IsTooLarge ? ErrorReason.FilterTooLarge : ErrorReason.FilterInvalid,
            Message,
            [(field, Message)],
            ("position", Position.ToString(CultureInfo.InvariantCulture)),
            ("line", Line.ToString(CultureInfo.InvariantCulture)),
            ("column", Column.ToString(CultureInfo.InvariantCulture)),
            ("expected", string.Join(", ", Expected)),
            ("suggestions", string.Join(", ", Suggestions)));
}
