using System.Security.Cryptography;

namespace TagSegments.Testing.Auth;

/// <summary>The keys by which the services of a test know each other.</summary>
public static class ServiceKeyPairs
{
    private static readonly Dictionary<Service, ECDsa> s_keys =
        Enum.GetValues<Service>().ToDictionary(service => service, _ => ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Gets the private key of a service as PEM.</summary>
    public static string Private(Service service) => s_keys[service].ExportPkcs8PrivateKeyPem();

    /// <summary>Gets the public key of a service as PEM.</summary>
    public static string Public(Service service) => s_keys[service].ExportSubjectPublicKeyInfoPem();

    /// <summary>The settings by which a service knows itself and the others.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings(Service service) =>
    [
        new("Services:PrivateKey", Private(service)),
        .. Enum.GetValues<Service>().Select(other => KeyValuePair.Create<string, string?>($"Services:PublicKeys:{other}", Public(other))),
    ];
}
