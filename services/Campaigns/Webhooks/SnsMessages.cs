using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Messages of Amazon SNS, which carries the notifications of SES: signed with a certificate that is fetched from Amazon, and from nowhere
/// else. Only the topic named in <c>Webhooks:ses:Key</c> is listened to.
/// </summary>
internal sealed partial class SnsMessages(IConfiguration configuration, IHttpClientFactory clients, MemoryBudget memory)
{
    private const int CertificateBytes = 10_000;
    private readonly AccountCache<string, X509Certificate2> _certificates = new(memory, "campaigns.certificates", (_, _) => CertificateBytes);

    /// <summary>Bounds what an answer may take.</summary>
    public static void Limit(HttpClient http) => (http.Timeout, http.MaxResponseContentBufferSize) = (TimeSpan.FromSeconds(10), 64 * 1024);

    /// <summary>Whether a message is about the topic and signed by Amazon.</summary>
    public async Task<bool> IsValidAsync(JsonElement message, CancellationToken ct)
    {
        if (message.Text("TopicArn") != (configuration["Webhooks:ses:Key"] ?? "") || message.Text("SigningCertURL") is not { } url || !IsAmazon(url))
        {
            return false;
        }

        var signature = new byte[1_024];
        if (!Convert.TryFromBase64String(message.Text("Signature") ?? "", signature, out var length))
        {
            return false;
        }

        using var key = (await CertificateAsync(url, ct)).GetRSAPublicKey();
        var hash = message.Text("SignatureVersion") == "2" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
        return key is not null && key.VerifyData(
            Encoding.UTF8.GetBytes(StringToSign(message)), signature.AsSpan(0, length), hash, RSASignaturePadding.Pkcs1);
    }

    /// <summary>Confirms the subscription that a valid message asks for.</summary>
    public async Task ConfirmAsync(JsonElement message, CancellationToken ct)
    {
        if (message.Text("SubscribeURL") is { } url && IsAmazon(url))
        {
            using var http = clients.CreateClient(nameof(SnsMessages));
            using var response = await http.GetAsync(new Uri(url), ct);
        }
    }

    /// <summary>The text that Amazon signs: certain properties in a certain order, each on a line of its own.</summary>
    public static string StringToSign(JsonElement message)
    {
        string[] names = message.Text("Type") == "Notification"
            ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
        return string.Concat(names.Where(name => message.Text(name) is not null).Select(name => $"{name}\n{message.Text(name)}\n"));
    }

    /// <summary>Whether an address is an Amazon SNS one.</summary>
    public static bool IsAmazon(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.IsDefaultPort
        && uri.UserInfo.Length == 0 && AmazonHost().IsMatch(uri.Host);

    // One that leaves the cache may be in use, so it is left to the garbage collector.
    private async Task<X509Certificate2> CertificateAsync(string url, CancellationToken ct)
    {
        if (_certificates.TryGet(url, out var known))
        {
            return known;
        }

        using var http = clients.CreateClient(nameof(SnsMessages));
        var certificate = X509Certificate2.CreateFromPem(await http.GetStringAsync(new Uri(url), ct));
        _certificates.Set(url, certificate);
        return certificate;
    }

    // sns.eu-west-1.amazonaws.com
    [GeneratedRegex(@"^sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex AmazonHost();
}
