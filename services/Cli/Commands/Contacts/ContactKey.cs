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

    public static async Task<Contact> GetAsync(Session session, string key, CancellationToken ct) =>
        (await session.Services.Contacts.GetContactAsync(Request(session.RequireAccount(), key), cancellationToken: ct)).Contact;
}
