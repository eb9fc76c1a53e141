using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>What sets the providers apart: how large their calls are, how their payloads read, and what their keys are.</summary>
/// <param name="Name">The name in paths and settings.</param>
/// <param name="MostBytes">The largest body. Where the caller is known before the body is read, batches may be large.</param>
/// <param name="Read">Reads the events of a payload.</param>
/// <param name="KeyProblem">Says what is wrong with a key; null if nothing.</param>
internal sealed partial record WebhookProvider(
    string Name, int MostBytes, Func<JsonElement, IEnumerable<ProviderEvent>> Read, Func<string, string?> KeyProblem)
{
    private const int Kilobyte = 1_024;

    /// <summary>All providers.</summary>
    public static readonly IReadOnlyList<WebhookProvider> All =
    [
        // Batches of at most 768 KB.
        new("sendgrid", 1_024 * Kilobyte, SendGridEvents.Read, PublicKeyProblem),
        // One event a call.
        new("mailgun", 256 * Kilobyte, MailgunEvents.Read, SecretProblem),
        // One event a call; a bounce may have the bounced message.
        new("postmark", 2_048 * Kilobyte, PostmarkEvents.Read, PasswordProblem),
        // A message of at most 256 KB, as a text in JSON.
        new("ses", 768 * Kilobyte, SesEvents.Read, TopicProblem),
        new("sparkpost", 5_120 * Kilobyte, SparkPostEvents.Read, PasswordProblem),
        new("generic", 1_024 * Kilobyte, GenericEvents.Read, SecretProblem),
    ];

    /// <summary>Finds a provider by its name; null if there is none.</summary>
    public static WebhookProvider? Find(string name) => All.FirstOrDefault(provider => provider.Name == name);

    private static string? SecretProblem(string key) => key.Length is >= 16 and <= 1_000 ? null : "must have 16 to 1,000 characters";

    private static string? PasswordProblem(string key) =>
        key.Split(':', 2) is [{ Length: >= 1 and <= 200 }, { Length: >= 16 and <= 200 }] ? null : "must be user:password, with a password of 16 to 200 characters";

    private static string? TopicProblem(string key) => Topic().IsMatch(key) ? null : "must be the ARN of an SNS topic";

    private static string? PublicKeyProblem(string key)
    {
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(key), out _);
            return null;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return "must be the verification key of the event webhook, in base64";
        }
    }

    [GeneratedRegex(@"^arn:aws[a-z-]{0,10}:sns:[a-z0-9-]{1,40}:[0-9]{12}:[A-Za-z0-9_.-]{1,260}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Topic();
}
