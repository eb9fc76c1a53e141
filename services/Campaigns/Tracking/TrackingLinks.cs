using System.Text;

namespace TagSegments.Campaigns.Tracking;

/// <summary>The links in messages, under <c>Tracking:BaseUrl</c>.</summary>
internal sealed class TrackingLinks(TrackingTokens tokens, IConfiguration configuration)
{
    // Bytes: longer addresses become longer than servers on the way take, and than the activity of a contact keeps.
    private const int MaxTracked = 2_000;

    private readonly string _baseUrl =
        (configuration["Tracking:BaseUrl"] ?? configuration["Http:Address"] ?? "http://127.0.0.1:5180").TrimEnd('/');

    public string Open(TrackingTarget target) => $"{_baseUrl}/o/{tokens.Create(TokenPurpose.Open, target)}";

    /// <summary>Makes the tracked form of a link. A link to unsubscribe, or one that is too long for a token in a link, stays as it is.</summary>
    public string Click(TrackingTarget target, string url) =>
        url.StartsWith(_baseUrl + "/u/", StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(url) > MaxTracked ? url : $"{_baseUrl}/c/{tokens.Create(TokenPurpose.Click, target with { Url = url })}";

    public string Confirm(TrackingTarget target) => $"{_baseUrl}/t/{tokens.Create(TokenPurpose.Confirm, target)}";

    public string Unsubscribe(TrackingTarget target) => $"{_baseUrl}/u/{tokens.Create(TokenPurpose.Unsubscribe, target)}";
}
