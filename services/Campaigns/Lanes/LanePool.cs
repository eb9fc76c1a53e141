using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Lanes;

/// <summary>The lanes on which messages leave, and a queue for each channel.</summary>
internal sealed class LanePool(
    DeliveryOptions options, LaneServices services, Transports transports, MessageSources sources, ILogger<DeliveryLane> logger)
{
    private readonly MessageQueue _email = new(sources.WeightOf);
    private readonly MessageQueue _sms = new(sources.WeightOf);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MessageQueue QueueOf(Channel channel) => channel == Channel.Sms ? _sms : _email;

    public bool IsFull => _email.IsFull || _sms.IsFull;

    public bool IsFullOfSingles => _email.IsFullOfSingles || _sms.IsFullOfSingles;

    /// <summary>Waits until no queue is full.</summary>
    public Task WaitForRoomAsync() => Task.WhenAll(_email.WaitForRoomAsync(), _sms.WaitForRoomAsync());

    /// <summary>Ends when no lane runs any more.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Runs until it is cancelled and the handovers that are then under way have ended.</summary>
    public async Task RunAsync(JournalFile? journal, CancellationToken ct)
    {
        var email = Enumerable.Range(0, options.Connections).Select(i => Run(Channel.Email, journal?.Lanes[i], ct));
        var sms = Enumerable.Range(0, options.SmsConnections).Select(i => Run(Channel.Sms, journal?.Lanes[options.Connections + i], ct));
        await Task.WhenAll(email.Concat(sms));
        _stopped.SetResult();
    }

    private Task Run(Channel channel, JournalLane? journal, CancellationToken ct)
    {
        var queue = QueueOf(channel);
        var transport = transports.Create(channel, waiting: () => queue.Count);
        return new DeliveryLane(queue, transport, journal, services, options, logger).RunAsync(ct);
    }
}
