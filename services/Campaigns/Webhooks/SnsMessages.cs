using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>A message of Amazon SNS that is what it says.</summary>
internal sealed record SnsMessage(string Type, string Text, string SubscribeUrl);

/// <summary>
/// Messages of Amazon SNS, which carries the notifications of SES, by the rules of its signature: one of three types, each with its list of fields;
/// SHA-256; a certificate of Amazon's; not older than an hour. The text that is signed puts fields on lines of their own, so a line break in a field
/// of one line would let one message read as another. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
/// </summary>
internal sealed partial class SnsMessages(SnsCertificates certificates, IHttpClientFactory clients, TimeProvider time)
{
    public const string Notification = "Notification";
    public const string SubscriptionConfirmation = "SubscriptionConfirmation";
    private const int LongestUrl = 4_000;
    private static readonly TimeSpan s_maxAge = TimeSpan.FromHours(1);

    private static readonly string[] s_notification = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    private static readonly string[] s_confirmation = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

    private static readonly Dictionary<string, string[]> s_fields = new()
    {
        [Notification] = s_notification,
        [SubscriptionConfirmation] = s_confirmation,
        ["UnsubscribeConfirmation"] = s_confirmation,
    };

    /// <summary>
    /// Reads a message of a topic; null if Amazon has not signed it. Throws <see cref="HttpRequestException"/> if the certificate cannot be fetched.
    /// </summary>
    public async Task<SnsMessage?> ReadAsync(string topic, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var fields = SignedFields.Read(body.Span);
        if (fields is null || TextToSign(fields) is not { } text || !IsMeantForUs(topic, fields))
        {
            return null;
        }

        var signature = new byte[1_024];
        if (!Convert.TryFromBase64String(fields.GetValueOrDefault("Signature", ""), signature, out var length)
            || await certificates.FindAsync(fields.GetValueOrDefault("SigningCertURL", ""), ct) is not { } certificate)
        {
            return null;
        }

        using var key = certificate.GetRSAPublicKey();
        return key is not null && key.VerifyData(Encoding.UTF8.GetBytes(text), signature.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ? new(fields["Type"], fields["Message"], fields.GetValueOrDefault("SubscribeURL", ""))
            : null;
    }

    /// <summary>Confirms the subscription that a message asks for.</summary>
    public async Task ConfirmAsync(SnsMessage message, CancellationToken ct)
    {
        if (message.SubscribeUrl.Length <= LongestUrl && Confirmation().IsMatch(message.SubscribeUrl))
        {
            using var http = clients.CreateClient(nameof(SnsMessages));
            using var response = await http.GetAsync(new Uri(message.SubscribeUrl), ct);
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>The text that Amazon signs: the fields of the type in order, names and values on lines of their own. Null if they cannot be told apart.</summary>
    public static string? TextToSign(IReadOnlyDictionary<string, string> fields)
    {
        if (!s_fields.TryGetValue(fields.GetValueOrDefault("Type", ""), out var names))
        {
            return null;
        }

        // Only a notification may lack its subject.
        var given = names.Where(name => name != "Subject" || fields.ContainsKey(name)).ToList();
        return given.TrueForAll(fields.ContainsKey) && given.TrueForAll(name => name == "Message" || !fields[name].AsSpan().ContainsAny('\n', '\r'))
            ? string.Concat(given.Select(name => $"{name}\n{fields[name]}\n"))
            : null;
    }

    private bool IsMeantForUs(string topic, IReadOnlyDictionary<string, string> fields) =>
        fields["TopicArn"] == topic
        && fields.GetValueOrDefault("SignatureVersion") == "2"
        && DateTimeOffset.TryParseExact(
            fields["Timestamp"], "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var sent)
        && (time.GetUtcNow() - sent).Duration() <= s_maxAge;

    [GeneratedRegex(
        @"^https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?/\?Action=ConfirmSubscription&[!-~]+\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Confirmation();
}
