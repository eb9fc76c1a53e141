using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Lanes;

/// <summary>The services that the lanes share.</summary>
internal sealed record LaneServices(LedgerWriter Writer, MessageBuilder Builder, ContactRefresher Refresher, BackgroundPace Pace);
