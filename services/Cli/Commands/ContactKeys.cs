using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands;

/// <summary>Contacts as people write them in files: a number, external:KEY, an e-mail address or a phone number with a plus.</summary>
internal static class ContactKeys
{
    private const int AtOnce = 1_000;

    /// <summary>Reads a key; null if the text is none.</summary>
    public static ContactKey? Of(string text) =>
        Keys.IsExternal(text) ? new() { ExternalId = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..] }
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new() { ContactId = number }
        : text.Contains('@', StringComparison.Ordinal) ? new() { Email = WrittenAddress.Of(text) }
        : text is ['+', ..] ? new() { Phone = text }
        : null;

    /// <summary>Finds the number of each contact, 0 if there is none.</summary>
    public static async Task<List<int>> FindAsync(Session session, IEnumerable<string> texts, CancellationToken ct)
    {
        var found = new List<int>();
        foreach (var part in texts.Chunk(AtOnce))
        {
            // A key of nothing is that of nobody.
            var request = new ResolveContactsRequest { Account = session.RequireAccount(), Keys = { part.Select(text => Of(text) ?? new()) } };
            found.AddRange((await session.Services.Contacts.ResolveContactsAsync(request, cancellationToken: ct)).ContactIds);
        }

        return found;
    }
}
