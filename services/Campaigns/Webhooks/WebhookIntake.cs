using System.Threading.RateLimiting;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>How webhook calls are taken in: the section <c>Webhooks</c>. The limits hold for each process.</summary>
internal sealed record WebhookOptions
{
    /// <summary>The most bytes of a body, whatever its provider may send. Defaults to 5 MB.</summary>
    public int MostBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>The most bytes of all bodies that are under way at the same time. Defaults to 16 MB.</summary>
    public int MostBytesAtOnce { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long the sender may take for a body. Defaults to 30 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How old a call may be where its signature has a time; Amazon's are valid for an hour. Defaults to 12 hours, as providers repeat calls for long.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long before an event without our id its message may have been sent. Defaults to 30 days.</summary>
    public TimeSpan MatchWindow { get; init; } = TimeSpan.FromDays(30);

    /// <summary>So many messages that bounced softly within <see cref="SoftBounceWindow"/> suppress their address. Defaults to 5.</summary>
    public int SoftBounces { get; init; } = 5;

    /// <summary>The time within which soft bounces are counted. Defaults to 30 days.</summary>
    public TimeSpan SoftBounceWindow { get; init; } = TimeSpan.FromDays(30);

    /// <summary>A PEM file with the authorities that may issue Amazon's certificates, instead of those of this machine.</summary>
    public string? SnsAuthority { get; init; }
}

/// <summary>
/// Reads the bodies of webhook calls, which anybody can make, in bounded memory and time. A body takes room as it arrives, so nobody takes it
/// away from others by promises, and keeps it until it is disposed.
/// </summary>
internal sealed class WebhookIntake(WebhookOptions options) : IDisposable
{
    private const int Chunk = 16 * 1024;
    private readonly ConcurrencyLimiter _chunks = new(new() { PermitLimit = Math.Max(1, options.MostBytesAtOnce / Chunk) });

    /// <summary>Reads a body of at most so many bytes. If it is refused, the status says why: 408, 413 or 503.</summary>
    public async Task<WebhookBody> ReadAsync(HttpRequest request, int most, CancellationToken ct)
    {
        most = Math.Min(most, options.MostBytes);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(options.Patience);
        var body = new WebhookBody();
        try
        {
            body.Status = request.ContentLength > most
                ? StatusCodes.Status413PayloadTooLarge
                : await ReadAsync(request.Body, body, most, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            body.Status = StatusCodes.Status408RequestTimeout;
        }
        catch
        {
            // The caller never gets it.
            body.Dispose();
            throw;
        }

        return body;
    }

    public void Dispose() => _chunks.Dispose();

    private async Task<int> ReadAsync(Stream stream, WebhookBody body, int most, CancellationToken ct)
    {
        while (true)
        {
            if (!body.TryGrow(_chunks.AttemptAcquire()))
            {
                return StatusCodes.Status503ServiceUnavailable;
            }

            var chunk = new byte[Chunk];
            var read = await stream.ReadAtLeastAsync(chunk, Chunk, throwOnEndOfStream: false, ct);
            body.Buffer.Write(chunk, 0, read);
            if (body.Buffer.Length > most)
            {
                return StatusCodes.Status413PayloadTooLarge;
            }

            if (read < Chunk)
            {
                return StatusCodes.Status200OK;
            }
        }
    }
}

/// <summary>The body of a webhook call, or why there is none.</summary>
internal sealed class WebhookBody : IDisposable
{
    private readonly List<RateLimitLease> _room = [];

    /// <summary>200 if the body was read; otherwise the answer to the call.</summary>
    public int Status { get; set; }

    /// <summary>What was read.</summary>
    public MemoryStream Buffer { get; } = new();

    /// <summary>Adds room; false if there was none.</summary>
    public bool TryGrow(RateLimitLease room)
    {
        _room.Add(room);
        return room.IsAcquired;
    }

    public void Dispose()
    {
        _room.ForEach(room => room.Dispose());
        Buffer.Dispose();
    }
}
