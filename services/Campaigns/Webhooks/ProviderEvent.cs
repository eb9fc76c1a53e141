using System.Globalization;
using System.Text.Json;
using TagSegments.Campaigns.Tracking;
using TagSegments.ServiceDefaults.Logs;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>An event that a mail provider reports about a message, in words that all providers share.</summary>
internal enum EventType
{
    Unknown,
    Queued,
    Sent,
    Delivered,
    Opened,
    Clicked,
    Bounced,
    Deferred,
    Rejected,
    Complained,
    Unsubscribed,
    Subscribed,
    Failed,
    Autoresponded,
}

/// <summary>One event of a webhook call.</summary>
internal sealed record ProviderEvent(EventType Type)
{
    /// <summary>Our Message-ID, if the provider reports it.</summary>
    public string? MessageId { get; init; }

    public string? Email { get; init; }

    public DateTime? At { get; init; }

    /// <summary>The provider's own id of the event: an event delivered twice is recorded once.</summary>
    public string? EventId { get; init; }

    /// <summary>The reason of a bounce, or the link followed.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether a bounce is hard or soft; not set if the provider does not say.</summary>
    public Bounce Bounce { get; init; }

    /// <summary>What opened the message or followed the link; null if the provider does not say.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Whether the provider says that a program opened the message or followed the link.</summary>
    public bool ByMachine { get; init; }

    /// <summary>Whether a program did it, by the provider's word or by what it calls itself.</summary>
    public bool IsMachine => ByMachine || (UserAgent is { Length: > 0 } agent && Machines.IsAgent(agent));

    /// <summary>The detail as it is kept: a link as it is, and everything else, which a server said, often about an address, without addresses.</summary>
    public string? KeptDetail => Detail is not { } detail ? null
        : detail[..Math.Min(detail.Length, 2_000)].Replace('\0', ' ') is var kept && Type == EventType.Clicked ? kept
        : PersonalText.Hide(kept);
}

/// <summary>Reads JSON of unknown shape.</summary>
internal static class LooseJson
{
    /// <summary>The text or number at a path of properties; null if there is none.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) switch
    {
        { ValueKind: JsonValueKind.String } found => Whole(found),
        { ValueKind: JsonValueKind.Number } found => found.GetRawText(),
        _ => null,
    };

    /// <summary>Whether the value at a path of properties is true.</summary>
    public static bool Is(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path) is { ValueKind: JsonValueKind.True };

    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !TryGet(element, name, out element))
            {
                return null;
            }
        }

        return element;
    }

    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    // JSON can escape half a character, in a value and in a name; it is no text, and the reader throws. The database stores no U+0000.
    private static string? Whole(JsonElement text)
    {
        try
        {
            return text.GetString()!.Replace("\0", "", StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryGet(JsonElement element, string name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Reads seconds since 1970, or RFC 3339.</summary>
    public static DateTime? Time(string? text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_800)
        {
            return DateTime.UnixEpoch.AddSeconds(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
    }
}
