using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TagSegments.Testing.Tls;

/// <summary>A certificate authority of a test, and what it issues, as PEM files in a folder of its own.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate = CreateRoot();
    private int _issued;

    public TestAuthority() => File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());

    /// <summary>The folder of all files.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("tagsegments_tls_").FullName;

    /// <summary>The authority's own certificate.</summary>
    public string CertificateFile => Path.Combine(Folder, "ca.crt");

    /// <summary>Issues a certificate for this machine and writes it and its key to files.</summary>
    public (string Certificate, string Key) Issue()
    {
        var number = Interlocked.Increment(ref _issued);
        var files = (Path.Combine(Folder, $"{number}.crt"), Path.Combine(Folder, $"{number}.key"));
        IssueTo(files);
        return files;
    }

    /// <summary>Issues another certificate into files that exist, as cert-manager does, and returns its thumbprint.</summary>
    public string IssueTo((string Certificate, string Key) files)
    {
        using var certificate = IssueForThisMachine();
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(files.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return certificate.Thumbprint;
    }

    /// <summary>Issues a certificate for 127.0.0.1 and localhost.</summary>
    public X509Certificate2 IssueForThisMachine() => Issue("localhost", IPAddress.Loopback, _certificate.NotAfter);

    /// <summary>Issues a certificate for a name and an address, which is valid until an instant.</summary>
    public X509Certificate2 Issue(string name, IPAddress address, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_certificate, _certificate.NotBefore, until, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static X509Certificate2 CreateRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
