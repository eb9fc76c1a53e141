using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TagSegments.ServiceDefaults.Network;

/// <summary>Checks the certificates of other services, and says what is wrong with one that is refused.</summary>
internal static class ServiceTrust
{
    /// <summary>
    /// Returns the callback for a client: it trusts the authority of a file, or without one those of the machine, and throws
    /// <see cref="CertificateRefusedException"/> for everybody else.
    /// </summary>
    public static RemoteCertificateValidationCallback Check(string? authorityFile)
    {
        var own = PrivateAuthority.Check(authorityFile);
        return (sender, certificate, chain, errors) => own?.Invoke(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None
            ? true
            : throw new CertificateRefusedException(Problem(certificate, errors));
    }

    private static CertificateProblem Problem(X509Certificate? certificate, SslPolicyErrors errors) =>
        certificate is not X509Certificate2 shown ? CertificateProblem.None
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? CertificateProblem.Name
        : shown.NotAfter < DateTime.Now || shown.NotBefore > DateTime.Now ? CertificateProblem.Time
        : CertificateProblem.Authority;
}

/// <summary>What is wrong with a certificate.</summary>
public enum CertificateProblem
{
    /// <summary>No certificate was shown.</summary>
    None,

    /// <summary>It is for another name or address.</summary>
    Name,

    /// <summary>It has expired, or is not valid yet.</summary>
    Time,

    /// <summary>It comes from an authority that is not known, or may not be used in this way.</summary>
    Authority,
}

/// <summary>The certificate of another service was refused.</summary>
public sealed class CertificateRefusedException(CertificateProblem problem)
    : AuthenticationException($"The certificate was refused: {problem}.")
{
    /// <summary>What is wrong with it.</summary>
    public CertificateProblem Problem => problem;
}
