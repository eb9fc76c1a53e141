namespace TagSegments.Campaigns.Delivery;

/// <summary>One connection by which messages leave.</summary>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>Whether a message can be handed over without waiting.</summary>
    bool IsReady { get; }

    /// <summary>Waits, as long as it takes, until a message can be handed over; false if it was cancelled.</summary>
    Task<bool> WaitUntilReadyAsync(CancellationToken ct);

    /// <summary>
    /// Hands a message over and returns the answer of the receiving side, in bounded time. Does not throw. <paramref name="begin"/> is called just
    /// before the last part of the message is sent: from then on only the answer shows whether the message was taken.
    /// </summary>
    Task<HandoverResult> SendAsync(OutgoingMessage message, Action begin);
}
