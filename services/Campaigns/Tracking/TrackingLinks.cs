namespace TagSegments.Campaigns.Tracking;

/// <summary>The links in messages, under <c>Tracking:BaseUrl</c>.</summary>
internal sealed class TrackingLinks(TrackingTokens tokens, IConfiguration configuration)
{
    private readonly string _baseUrl =
        (configuration["Tracking:BaseUrl"] ?? configuration["Http:Address"] ?? "http://127.0.0.1:5180").TrimEnd('/');

    public string Open(TrackingTarget target) => $"{_baseUrl}/o/{tokens.Create(TokenPurpose.Open, target)}";

    public string Click(TrackingTarget target, string url) =>
        url.StartsWith(_baseUrl + "/u/", StringComparison.Ordinal) ? url : $"{_baseUrl}/c/{tokens.Create(TokenPurpose.Click, target with { Url = url })}";

    public string Confirm(TrackingTarget target) => $"{_baseUrl}/t/{tokens.Create(TokenPurpose.Confirm, target)}";

    public string Unsubscribe(TrackingTarget target) => $"{_baseUrl}/u/{tokens.Create(TokenPurpose.Unsubscribe, target)}";
}
