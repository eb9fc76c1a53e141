using System.CommandLine;
using System.Globalization;
using Crm.Contacts.V1;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name an opportunity: by its number, or by the caller's own key as `external:KEY`.</summary>
internal static class OpportunityKey
{
    private const string ExternalPrefix = "external:";

    public static Argument<string> Argument() => new("opportunity") { Description = "The opportunity: its number, or external:KEY for the external id." };

    public static async Task<Opportunity> GetAsync(Session session, string key, CancellationToken ct)
    {
        var request = new GetOpportunityRequest { Account = session.RequireAccount() };
        if (key.StartsWith(ExternalPrefix, StringComparison.Ordinal))
            request.ExternalId = key[ExternalPrefix.Length..];
        else if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            request.OpportunityId = number;
        else
            throw new CliError($"`{key}` is no opportunity number.", $"Write a number, or {ExternalPrefix}{key} for an external id.");
        return (await session.Services.Opportunities.GetOpportunityAsync(request, cancellationToken: ct)).Opportunity;
    }
}
