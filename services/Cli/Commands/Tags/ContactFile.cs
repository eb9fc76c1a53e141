using System.Globalization;
using System.Text.Json.Nodes;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>A file with a contact per line: its number, external:KEY, e-mail address or phone number with a plus.</summary>
internal static class ContactFile
{
    private const int MostNamed = 20;

    /// <summary>
    /// Reads a file or standard input, ignoring empty lines. A line that names no contact is reported and left out if <paramref name="skipUnknown"/>;
    /// otherwise the file is refused.
    /// </summary>
    public static async Task<List<int>> ReadAsync(Session session, string path, bool skipUnknown, CancellationToken ct)
    {
        var text = path is "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
        Line[] lines = [.. text.Split('\n').Select((key, index) => new Line(index + 1, key.Trim())).Where(line => line.Key.Length > 0)];
        var found = await ContactKeys.FindAsync(session, lines.Select(line => line.Key), ct);
        var ids = found.Where(id => id > 0).ToList();
        var unknown = lines.Where((_, index) => found[index] == 0).ToList();

        if (unknown.Count > 0 && (!skipUnknown || ids.Count == 0))
            throw new CliError(
                $"{Lines(unknown.Count)} no contact: {Named(unknown)}.",
                "A contact is a number, external:KEY, an e-mail address or a phone number with a plus; correct the file, or leave out unknown ones with --skip-unknown. Nothing has been changed.",
                ExitCode.Refused);

        foreach (var line in unknown)
            session.Report.Failure(line.ToJson(), $"line {line.Number}: there is no contact `{line.Key}`; left out.");
        return ids;
    }

    private static string Lines(int count) => count == 1 ? "1 line names" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} lines name");

    private static string Named(List<Line> unknown)
    {
        var named = string.Join(", ", unknown.Take(MostNamed).Select(line => $"line {line.Number} `{line.Key}`"));
        return unknown.Count <= MostNamed ? named : string.Create(CultureInfo.InvariantCulture, $"{named} and {unknown.Count - MostNamed:N0} more");
    }

    private sealed record Line(int Number, string Key)
    {
        public JsonObject ToJson() => new() { ["line"] = Number, ["unknown_contact"] = Key };
    }
}
