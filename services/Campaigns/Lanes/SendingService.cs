using TagSegments.Campaigns.Journal;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Sends as long as the service runs: settles what an earlier process left, opens the journal, and runs the lanes and their pump.</summary>
internal sealed class SendingService(
    RestoreDetector restores, Journals journals, LanePool lanes, MessagePump pump, ILogger<SendingService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts while this waits.
        await Task.Yield();
        await Persistent.RunAsync(() => restores.CheckAsync(sends: false, stoppingToken), logger, stoppingToken);
        // The journal of the last process on this machine comes first: then nobody has to wait for its leases.
        await Persistent.RunAsync(() => journals.ReplayAsync(stoppingToken), logger, stoppingToken);
        using var journal = await Persistent.RunAsync(() => journals.OpenAsync(stoppingToken), logger, stoppingToken);
        await Task.WhenAll(
            lanes.RunAsync(journal, stoppingToken), pump.RunAsync(journal?.Id ?? Guid.NewGuid(), stoppingToken));
    }
}
