using System.CommandLine;
using System.Globalization;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name one contact: by its number, or by the caller's own key as `external:KEY`.</summary>
internal static class ContactKey
{
    private const string ExternalPrefix = "external:";

    public static Option<string> Option() => new("--contact", "-c")
    {
        Description = "The contact: its number, or external:KEY for the external id.",
        HelpName = "contact",
        Required = true,
    };

    public static Argument<string> Argument() => new("contact") { Description = "The contact: its number, or external:KEY for the external id." };

    public static GetContactRequest Request(string account, string key)
    {
        if (key.StartsWith(ExternalPrefix, StringComparison.Ordinal))
            return new() { Account = account, ExternalId = key[ExternalPrefix.Length..] };

        return int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new() { Account = account, ContactId = number }
            : throw new CliError($"`{key}` is no contact number.", $"Write a number, or {ExternalPrefix}{key} for an external id.");
    }

    /// <summary>Reads a file, or standard input, with a contact per line; empty lines do not count.</summary>
    public static async Task<List<int>> ReadAsync(Session session, string path, CancellationToken ct)
    {
        const int atOnce = 100;
        var text = path is "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(path, ct);
        var keys = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var ids = new List<int>(keys.Length);
        foreach (var part in keys.Chunk(atOnce))
            ids.AddRange(await Task.WhenAll(part.Select(key => FindAsync(session, key, ct))));
        return ids;
    }

    public static async Task<Contact> GetAsync(Session session, string key, CancellationToken ct) =>
        (await session.Services.Contacts.GetContactAsync(Request(session.RequireAccount(), key), cancellationToken: ct)).Contact;

    private static async Task<int> FindAsync(Session session, string key, CancellationToken ct) =>
        Request(session.RequireAccount(), key) is { KeyCase: GetContactRequest.KeyOneofCase.ContactId } byNumber
            ? byNumber.ContactId
            : (await GetAsync(session, key, ct)).ContactId;
}
