using Crm.Common.V1;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Suppressions;

/// <summary>What the suppression list has: addresses, and domains of e-mail, which have no at sign. A domain stands for everything in it.</summary>
internal static class SuppressionKey
{
    /// <summary>
    /// The condition in SQL that an entry <c>s</c> of the list holds for the recipient <c>r</c>. Most accounts have no domain on it, which the index of
    /// domains says at once.
    /// </summary>
    public const string Holds = $"""
        EXISTS (
            SELECT FROM campaigns.suppression s
            WHERE s.account_id = r.account_id AND s.channel = r.channel AND s.address_key = r.address_key)
        OR (r.channel = {Channels.Email}
            AND EXISTS (SELECT FROM campaigns.suppression s WHERE s.account_id = r.account_id AND s.channel = {Channels.Email} AND strpos(s.address_key, '@') = 0)
            AND EXISTS (
                SELECT FROM campaigns.suppression s
                WHERE s.account_id = r.account_id AND s.channel = {Channels.Email} AND strpos(s.address_key, '@') = 0
                  AND s.address_key = ANY (campaigns.domains_of(r.address_key))))
        """;

    /// <summary>Gets the key of an address, or of a domain with or without an at sign before it.</summary>
    public static string Of(Channel channel, string text, string country = "") =>
        channel != Channel.Sms && DomainIn(text) is { } domain ? domain : Address.Key(channel, text, country);

    /// <summary>Returns true for a domain, which has at least two labels.</summary>
    public static bool IsDomain(Channel channel, string text) => channel != Channel.Sms && DomainIn(text) is not null;

    /// <summary>Gets the keys of the entries that suppress an address: its own, and those of the domains that it is in.</summary>
    public static IEnumerable<string> Suppressing(Channel channel, string address, string country)
    {
        var key = Of(channel, address, country);
        return channel != Channel.Sms ? DomainName.WithParents(key[(key.LastIndexOf('@') + 1)..]).Prepend(key).Distinct() : [key];
    }

    private static string? DomainIn(string text) =>
        text.Trim() is var trimmed && trimmed.LastIndexOf('@') <= 0 && DomainName.ToAscii(trimmed.TrimStart('@')) is { } domain
        && domain.Contains('.', StringComparison.Ordinal) ? domain : null;
}
