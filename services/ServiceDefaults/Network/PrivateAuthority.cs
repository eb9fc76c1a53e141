using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TagSegments.ServiceDefaults.Network;

/// <summary>
/// Trusts servers whose certificate comes from an authority of one's own, or is this certificate itself, instead of the ones that the machine
/// trusts. The file is read at each handshake, so a new authority needs no restart.
/// </summary>
public sealed class PrivateAuthority
{
    private static readonly Oid s_serverAuthentication = new("1.3.6.1.5.5.7.3.1");
    private readonly string _file;

    private PrivateAuthority(string file)
    {
        _file = file;
        if (Read().Count == 0)
        {
            throw new InvalidOperationException($"{file} has no certificate in PEM.");
        }
    }

    /// <summary>Opens a file with certificates in PEM; null for no file: the machine's authorities count then.</summary>
    public static PrivateAuthority? Open(string? file) => string.IsNullOrEmpty(file) ? null : new(file);

    /// <summary>Returns the callback for a client: null without an authority of one's own.</summary>
    public static RemoteCertificateValidationCallback? Check(string? file) => Open(file) is { } authority ? authority.Vouches : null;

    /// <summary>Returns whether the authority vouches for a server's certificate.</summary>
    public bool Vouches(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 own || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Read());
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.ApplicationPolicy.Add(s_serverAuthentication);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(own);
    }

    private X509Certificate2Collection Read()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(_file);
        return authorities;
    }
}
