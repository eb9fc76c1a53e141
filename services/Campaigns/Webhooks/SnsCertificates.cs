using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// The certificates with which Amazon SNS signs: fetched from the one place where Amazon has them, issued for SNS, and with a chain to an authority
/// that this machine trusts.
/// </summary>
internal sealed partial class SnsCertificates(IHttpClientFactory clients, WebhookOptions options, MemoryBudget memory, TimeProvider time) : IDisposable
{
    private const int CertificateBytes = 10_000;
    private const int MostAtOnce = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly AccountCache<string, X509Certificate2> _certificates = new(memory, "campaigns.certificates", (_, _) => CertificateBytes);
    private readonly SemaphoreSlim _fetches = new(MostAtOnce);

    /// <summary>Bounds what an answer may take.</summary>
    public static void Limit(HttpClient http) => (http.Timeout, http.MaxResponseContentBufferSize) = (s_patience, 64 * 1024);

    /// <summary>Whether an address is one where Amazon has its certificates. Customers can make Amazon answer with their own text at other paths.</summary>
    public static bool IsCertificate(string url) => Certificate().IsMatch(url);

    /// <summary>Gets the certificate at an address; null if it is not one of Amazon SNS. One that leaves the cache is left to the garbage collector.</summary>
    public async Task<X509Certificate2?> FindAsync(string url, CancellationToken ct)
    {
        if (!IsCertificate(url))
        {
            return null;
        }

        if (!_certificates.TryGet(url, out var certificate))
        {
            certificate = await FetchAsync(new Uri(url), ct);
            if (certificate is null)
            {
                return null;
            }

            _certificates.Set(url, certificate);
        }

        return time.GetUtcNow() < certificate.NotAfter ? certificate : null;
    }

    public void Dispose() => _fetches.Dispose();

    private async Task<X509Certificate2?> FetchAsync(Uri url, CancellationToken ct)
    {
        await _fetches.WaitAsync(ct);
        try
        {
            using var http = clients.CreateClient(nameof(SnsMessages));
            return Read(await http.GetStringAsync(url, ct), url.Host);
        }
        finally
        {
            _fetches.Release();
        }
    }

    /// <summary>Reads a certificate and its issuers; null if it is not one of Amazon SNS.</summary>
    internal X509Certificate2? Read(string pem, string host)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return all is [var certificate, ..] && IsIssuedForSns(certificate, host) && HasTrustedChain(certificate, all) ? certificate : null;
    }

    private static bool IsIssuedForSns(X509Certificate2 certificate, string host) =>
        certificate.MatchesHostname("sns.amazonaws.com") || certificate.MatchesHostname(host);

    private bool HasTrustedChain(X509Certificate2 certificate, X509Certificate2Collection others)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.UrlRetrievalTimeout = s_patience;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().LocalDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        if (options.SnsAuthority is { Length: > 0 } file)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        }

        return chain.Build(certificate);
    }

    [GeneratedRegex(
        @"^https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?/SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Certificate();
}
