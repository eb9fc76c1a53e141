using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Delivery;

/// <summary>One connection by which messages leave.</summary>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>Whether a message can be handed over without waiting.</summary>
    bool IsReady { get; }

    /// <summary>Waits, as long as it takes, until a message can be handed over; false if it was cancelled.</summary>
    Task<bool> WaitUntilReadyAsync(CancellationToken ct);

    /// <summary>
    /// Hands a message over and tells what became of it, in bounded time. Does not throw. <paramref name="begin"/> is called before that is
    /// sent after which only the answer tells whether the message was taken.
    /// </summary>
    Task<Outcome> SendAsync(Claim claim, OutgoingMessage message, Action begin);
}
