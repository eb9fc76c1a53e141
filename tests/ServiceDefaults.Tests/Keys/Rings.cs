using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.ServiceDefaults.Tests.Keys;

/// <summary>Key rings from settings.</summary>
internal static class Rings
{
    public static string New(int id) => $"{id}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    public static KeyRing Tokens(params (string Key, string Value)[] settings) => Of(KeyRing.Tokens, settings);

    public static KeyRing Of(string name, params (string Key, string Value)[] settings) => KeyRing.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value))).Build(),
        name);
}
