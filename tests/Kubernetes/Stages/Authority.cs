using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;

namespace TagSegments.Kubernetes.Stages;

/// <summary>Issues certificates as cert-manager does: into secrets with tls.crt, tls.key and ca.crt.</summary>
internal sealed class Authority
{
    private readonly X509Certificate2 _root = CreateRoot();

    /// <summary>The certificate to trust.</summary>
    public string Pem => _root.ExportCertificatePem();

    /// <summary>Issues a certificate for names.</summary>
    public V1Secret Issue(string secret, IEnumerable<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=TagSegments", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.Create(_root, _root.NotBefore, _root.NotAfter, RandomNumberGenerator.GetBytes(8));
        return Secret(secret, new() { ["tls.crt"] = certificate.ExportCertificatePem(), ["tls.key"] = key.ExportPkcs8PrivateKeyPem(), ["ca.crt"] = Pem });
    }

    /// <summary>Makes a secret of texts.</summary>
    public static V1Secret Secret(string name, Dictionary<string, string> values) =>
        new() { Metadata = new() { Name = name }, Data = values.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetBytes(pair.Value)) };

    private static X509Certificate2 CreateRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority of a run", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
