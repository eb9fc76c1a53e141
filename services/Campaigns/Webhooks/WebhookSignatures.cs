using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Checks that a webhook call comes from the provider, by the way that each has: SendGrid signs the body with a private key, we and Mailgun with a
/// secret, Postmark and SparkPost send a password. All comparisons take constant time. Amazon's signatures are checked by <see cref="SnsMessages"/>.
/// </summary>
internal sealed class WebhookSignatures(WebhookOptions options, ReplayGuard replays, TimeProvider time)
{
    /// <summary>Whether the body should be read: a password comes before it.</summary>
    public static bool MayRead(string provider, string key, IHeaderDictionary headers) => provider is not ("postmark" or "sparkpost") || IsBasic(key, headers);

    /// <summary>Whether a body comes from the provider; nothing but the fields of the signature is read of it.</summary>
    public bool IsValid(string provider, string key, IHeaderDictionary headers, ReadOnlySpan<byte> body) => provider switch
    {
        "sendgrid" => IsSendGrid(key, headers, body),
        "mailgun" => IsMailgun(key, body),
        "postmark" or "sparkpost" => IsBasic(key, headers),
        "generic" => IsGeneric(key, headers, body),
        _ => false,
    };

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

    // The signature is in the body and does not cover it.
    private bool IsMailgun(string key, ReadOnlySpan<byte> body)
    {
        if (SignedFields.Read(body, "signature") is not { } fields)
        {
            return false;
        }

        var (timestamp, token) = (fields.GetValueOrDefault("timestamp", ""), fields.GetValueOrDefault("token", ""));
        return token.Length is >= 16 and <= 200
            && IsRecent(timestamp)
            && IsHmac(key, Encoding.UTF8.GetBytes(timestamp + token), fields.GetValueOrDefault("signature", ""))
            && replays.Accepts(fields["signature"].ToLowerInvariant(), body);
    }

    private bool IsGeneric(string key, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var timestamp = headers["X-Timestamp"].ToString();
        return IsRecent(timestamp) && IsHmac(key, [.. Encoding.UTF8.GetBytes($"{timestamp}."), .. body], headers["X-Signature"].ToString());
    }

    private static bool IsBasic(string userAndPassword, IHeaderDictionary headers) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(headers.Authorization.ToString())),
        SHA256.HashData(Encoding.UTF8.GetBytes($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(userAndPassword))}")));

    private static bool IsHmac(string key, byte[] signed, string signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed))),
        Encoding.UTF8.GetBytes(signature.ToLowerInvariant()));

    // A recorded call cannot be played back for ever. Providers repeat a call for some hours.
    private bool IsRecent(string timestamp) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds < 100_000_000_000
        && Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) <= options.MaxAge.TotalSeconds;
}
