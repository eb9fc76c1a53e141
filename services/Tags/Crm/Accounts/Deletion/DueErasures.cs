using TagSegments.ServiceDefaults.Deletion;

namespace TagSegments.Tags.Crm.Accounts.Deletion;

/// <summary>Begins the erasure of deleted accounts whose time is over. The services follow.</summary>
internal sealed class DueErasures(AccountDirectory accounts, DeletionStore store, DeletionFollower follower, TimeProvider time, ILogger<DueErasures> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    /// <summary>How this service erases an account: after the others, and the account itself at the end.</summary>
    public static AccountErasure OwnErasure(DeletionStore store, DeletionFollower follower) => new(
        "tags",
        "crm.erase_account_rows",
        (account, _) => Task.FromResult(DeletionStore.Services.All(account.SweptServices.Contains)),
        async (account, ct) =>
        {
            await store.ForgetAsync(account.Id, ct);
            await follower.RefreshAsync(ct);
        });

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var due = accounts.Closed.All.Where(account => !account.IsErased && account.EraseTime <= time.GetUtcNow()).ToList();
        foreach (var account in due)
        {
            await store.BeginErasureAsync(account.Id, ct);
        }

        if (due.Count > 0)
        {
            await follower.RefreshAsync(ct);
        }

        return false;
    }
}
