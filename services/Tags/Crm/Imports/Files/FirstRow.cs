using System.Globalization;
using TagSegments.Addresses;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>The first row of a CSV file, which has the names of the columns.</summary>
internal static class FirstRow
{
    /// <summary>
    /// Returns the names of the columns. Of columns with one name, the later ones are called by their places if an option says what to do with them: <c>column 7</c>. Throws
    /// INVALID_ARGUMENT if it does not, or if the row has values instead.
    /// </summary>
    public static string[] Names(string[] headers, IReadOnlySet<string> named, IReadOnlySet<string> unnamed)
    {
        CheckValues([.. headers.Where(header => !unnamed.Contains(header))], named);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. headers.Select((header, index) => places.TryAdd(header, index) ? header : Place(header, places[header], index, named))];
    }

    private static string Place(string header, int first, int index, IReadOnlySet<string> named)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"column {index + 1}");
        return named.Contains(place) ? place : throw RowTable.LineError(
            1,
            $"The columns {first + 1} and {index + 1} have the header \"{header}\". Say what to do with the second one as \"{place}\": columns[\"{place}\"] = \"fields.KEY\", or an empty target to "
            + "leave it out (on the command line: --map \"" + place + "=\"); or rename it in the file.");
    }

    // Somebody who names such a column knows that it is one.
    private static void CheckValues(string[] headers, IReadOnlySet<string> named)
    {
        var value = Array.Find(headers, header => EmailAddress.DomainOf(WrittenAddress.Of(header)) is { } domain && domain.Contains('.', StringComparison.Ordinal))
            ?? (headers.Length > 0 && headers.All(IsNumber) ? headers[0] : null);
        if (value is not null && !headers.Any(named.Contains))
        {
            throw RpcErrors.InvalidField(
                "options.headerless", $"the first row has values instead of names of columns, such as \"{value}\": name the columns with headers, in their order, or set headerless");
        }
    }

    private static bool IsNumber(string text) =>
        Decimals.TryParse(text, out _) || (text.Any(char.IsAsciiDigit) && text.All(character => char.IsAsciiDigit(character) || character is '+' or '-' or '.' or ',' or '/' or ' ' or '(' or ')'));
}
