namespace TagSegments.Campaigns.Sending;

/// <summary>Keeps campaigns to their messages per minute, evenly: a bucket per campaign that fills with time.</summary>
internal sealed class RateLimiter
{
    /// <summary>The bucket of all messages together.</summary>
    public static readonly Guid Total = Guid.Empty;

    private readonly Dictionary<Guid, (double Tokens, long FilledAt)> _buckets = [];

    /// <summary>How many messages may leave now, at most <paramref name="max"/>. A limit of 0 is none.</summary>
    public int Allowance(Guid campaignId, int perMinute, int max)
    {
        if (perMinute == 0)
        {
            return max;
        }

        var now = TimeProvider.System.GetTimestamp();
        var (tokens, filledAt) = _buckets.GetValueOrDefault(campaignId, (1, now));
        // No more than a second's worth is saved up, so that a pause is not followed by a flood.
        var capacity = Math.Max(1, perMinute / 60.0);
        tokens = Math.Min(capacity, tokens + (TimeProvider.System.GetElapsedTime(filledAt, now).TotalMinutes * perMinute));
        _buckets[campaignId] = (tokens, now);
        return Math.Min(max, (int)tokens);
    }

    /// <summary>Takes what was used.</summary>
    public void Use(Guid campaignId, int count)
    {
        if (_buckets.TryGetValue(campaignId, out var bucket))
        {
            _buckets[campaignId] = (bucket.Tokens - count, bucket.FilledAt);
        }
    }
}
