namespace TagSegments.Tags.Tagging.Expiry;

/// <summary>Removes tags when they expire; several processes share the work.</summary>
internal sealed class ExpiryRunner(ExpiryStore store, ClosedAccounts closed, TimeProvider time, ILogger<ExpiryRunner> logger)
    : PollingService(WorkWatch.OwnPause, logger), IWatched
{
    /// <summary>Since when the oldest tag that is still there has expired.</summary>
    public static string OldestDue => "SELECT min(expires_at) FROM tags.tag_expiry WHERE expires_at <= now()";

    public static string WorkQuery => "SELECT FROM tags.tag_expiry WHERE expires_at <= now()";

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var accountId in (await store.DueAccountsAsync(now, ct)).Where(closed.MayWork))
        {
            while (await store.ExpireAsync(accountId, now, ct))
            {
            }
        }

        return false;
    }
}
