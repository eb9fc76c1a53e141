using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Checks that a webhook call comes from the provider, by the way that each has: <c>Webhooks:{Provider}:Key</c> is SendGrid's public key,
/// Mailgun's signing key, the <c>user:password</c> of Postmark's and SparkPost's basic authentication, or the secret of our own form.
/// A provider without a key is switched off. All comparisons take constant time.
/// </summary>
internal sealed class WebhookSignatures(IConfiguration configuration, TimeProvider time)
{
    private readonly TimeSpan _maxAge = configuration.GetValue("Webhooks:MaxAge", TimeSpan.FromHours(12));

    /// <summary>Whether the provider is switched on.</summary>
    public bool IsOn(string provider) => configuration[$"Webhooks:{provider}:Key"] is { Length: > 0 };

    public bool IsValid(string provider, IHeaderDictionary headers, ReadOnlySpan<byte> body, JsonElement payload)
    {
        if (configuration[$"Webhooks:{provider}:Key"] is not { Length: > 0 } key)
        {
            return false;
        }

        return provider switch
        {
            "sendgrid" => IsSendGrid(key, headers, body),
            "mailgun" => IsMailgun(key, payload.At("signature") ?? payload),
            "postmark" or "sparkpost" => IsBasic(key, headers),
            "generic" => IsGeneric(key, headers, body),
            _ => false,
        };
    }

    private bool IsSendGrid(string publicKey, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var timestamp = headers["X-Twilio-Email-Event-Webhook-Timestamp"].ToString();
        var signature = new byte[256];
        if (!IsRecent(timestamp)
            || !Convert.TryFromBase64String(headers["X-Twilio-Email-Event-Webhook-Signature"].ToString(), signature, out var length))
        {
            return false;
        }

        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp), .. body];
        return ecdsa.VerifyData(signed, signature.AsSpan(0, length), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private bool IsMailgun(string key, JsonElement signature)
    {
        var (timestamp, token) = (signature.Text("timestamp") ?? "", signature.Text("token") ?? "");
        return IsRecent(timestamp) && IsHmac(key, Encoding.UTF8.GetBytes(timestamp + token), signature.Text("signature"));
    }

    private bool IsGeneric(string key, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var timestamp = headers["X-Timestamp"].ToString();
        return IsRecent(timestamp) && IsHmac(key, [.. Encoding.UTF8.GetBytes($"{timestamp}."), .. body], headers["X-Signature"].ToString());
    }

    private static bool IsBasic(string userAndPassword, IHeaderDictionary headers) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(headers.Authorization.ToString())),
        SHA256.HashData(Encoding.UTF8.GetBytes($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(userAndPassword))}")));

    private static bool IsHmac(string key, byte[] signed, string? signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed))),
        Encoding.UTF8.GetBytes(signature?.ToLowerInvariant() ?? ""));

    // A recorded call cannot be played back for ever. Providers repeat a call for some hours.
    private bool IsRecent(string timestamp) =>
        double.TryParse(timestamp, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) <= _maxAge.TotalSeconds;
}
