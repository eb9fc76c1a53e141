using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Lanes;

/// <summary>The lanes on which messages leave.</summary>
internal sealed class LanePool(DeliveryOptions options, LaneServices services, Transports transports, ILogger<Lane> logger)
{
    private readonly LetterQueue _email = new();
    private readonly LetterQueue _sms = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LetterQueue QueueOf(Channel channel) => channel == Channel.Sms ? _sms : _email;

    public bool IsFull => _email.IsFull || _sms.IsFull;

    public bool IsFullOfSingles => _email.IsFullOfSingles || _sms.IsFullOfSingles;

    /// <summary>Waits until no queue is full.</summary>
    public Task WaitForRoomAsync() => Task.WhenAll(_email.WaitForRoomAsync(), _sms.WaitForRoomAsync());

    /// <summary>Ends when no lane runs any more.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Runs until it is cancelled and what is being handed over then has come to its end.</summary>
    public async Task RunAsync(JournalFile? journal, CancellationToken ct)
    {
        var email = Enumerable.Range(0, options.Connections).Select(i => Run(_email, transports.CreateSmtp(() => _email.Count), journal?.Lanes[i], ct));
        var sms = Enumerable.Range(0, options.SmsConnections)
            .Select(i => Run(_sms, transports.CreateSms(), journal?.Lanes[options.Connections + i], ct));
        await Task.WhenAll(email.Concat(sms));
        _stopped.SetResult();
    }

    private Task Run(LetterQueue queue, ITransport transport, JournalLane? journal, CancellationToken ct) =>
        new Lane(queue, transport, journal, services, options, logger).RunAsync(ct);
}
