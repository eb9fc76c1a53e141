using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>An event that a provider reported about a message of ours.</summary>
/// <param name="Event">What the provider said.</param>
/// <param name="Target">The recipient of the message.</param>
/// <param name="DedupeKey">The same for an event that is reported again.</param>
internal sealed record Report(ProviderEvent Event, TrackingTarget Target, string DedupeKey);
