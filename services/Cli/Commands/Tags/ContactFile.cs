using System.Globalization;
using System.Text.Json.Nodes;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands.Tags;

/// <summary>A file with a contact per line: its number, external:KEY or e-mail address.</summary>
internal static class ContactFile
{
    private const int AtOnce = 100;
    private const int MostNamed = 20;

    /// <summary>
    /// Reads a file or standard input, ignoring empty lines. A line that names no contact is reported and left out if <paramref name="skipUnknown"/>;
    /// otherwise the file is refused.
    /// </summary>
    public static async Task<List<int>> ReadAsync(Session session, string path, bool skipUnknown, CancellationToken ct)
    {
        var text = path is "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
        var lines = text.Split('\n').Select((key, index) => new Line(index + 1, key.Trim())).Where(line => line.Key.Length > 0);
        var ids = new List<int>();
        var unknown = new List<Line>();
        foreach (var part in lines.Chunk(AtOnce))
        {
            var found = await FindAsync(session, part, ct);
            ids.AddRange(found.OfType<int>());
            unknown.AddRange(part.Where((_, index) => found[index] is null));
        }

        if (unknown.Count > 0 && (!skipUnknown || ids.Count == 0))
            throw new CliError(
                $"{Lines(unknown.Count)} no contact: {Named(unknown)}.",
                "A contact is a number, external:KEY or an e-mail address; correct the file, or leave out unknown ones with --skip-unknown. Nothing has been changed.",
                ExitCode.Refused);

        foreach (var line in unknown)
            session.Report.Failure(line.ToJson(), $"line {line.Number}: there is no contact `{line.Key}`; left out.");
        return ids;
    }

    private static async Task<int?[]> FindAsync(Session session, Line[] lines, CancellationToken ct)
    {
        var request = new BatchGetContactsRequest { Account = session.RequireAccount(), ContactIds = { lines.Select(line => Number(line.Key)).OfType<int>() } };
        var numbers = request.ContactIds.Count == 0
            ? []
            : (await session.Services.Contacts.BatchGetContactsAsync(request, cancellationToken: ct)).Contacts.Select(contact => contact.ContactId).ToHashSet();
        return await Task.WhenAll(lines.Select(async line => Number(line.Key) is { } number
            ? numbers.Contains(number) ? number : default(int?)
            : await FindAsync(session, line.Key, ct)));
    }

    private static async Task<int?> FindAsync(Session session, string key, CancellationToken ct)
    {
        try
        {
            return Keys.IsExternal(key) ? (await Keys.Contact.GetAsync(session, key, ct)).ContactId
                : key.Contains('@', StringComparison.Ordinal) ? await ByEmailAsync(session, key, ct)
                : null;
        }
        catch (RpcException e) when (e.IsMissing("contact"))
        {
            return null;
        }
    }

    private static async Task<int?> ByEmailAsync(Session session, string email, CancellationToken ct)
    {
        var request = new GetContactRequest { Account = session.RequireAccount(), Email = email };
        return (await session.Services.Contacts.GetContactAsync(request, cancellationToken: ct)).Contact.ContactId;
    }

    private static int? Number(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

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
