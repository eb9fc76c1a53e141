using System.Collections.Frozen;

namespace TagSegments.ServiceDefaults.Auth;

/// <summary>What each service may do with the others: what its part of the product needs, and no more.</summary>
internal static class ServiceRights
{
    private static readonly FrozenDictionary<string, Permissions> s_rights = new Dictionary<string, string>
    {
        ["tags"] = "contacts.read internal",
        ["segments"] = "internal",
        ["campaigns"] = "contacts.read contacts.write tags.write internal",
        ["workflows"] = "contacts.read contacts.write tags.write campaigns.send internal",
    }.ToFrozenDictionary(right => right.Key, right => Permissions.ReadAll(right.Value));

    /// <summary>The services that call others.</summary>
    public static IEnumerable<string> Names => s_rights.Keys;

    /// <summary>Gets the rights of a service.</summary>
    public static Permissions Of(string service) => s_rights.GetValueOrDefault(service);
}
