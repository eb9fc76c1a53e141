using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>The settings of an account that services need.</summary>
public sealed record AccountInfo(int Id, string Name, string TimeZone, int WeekStart)
{
    /// <summary>The limits of the account: its own, and the installation's where it has none.</summary>
    public AccountLimits Limits { get; init; } = AccountLimits.Default;

    /// <summary>The country of phone numbers without a country code; empty if none is known.</summary>
    public string Country { get; init; } = "";
}

/// <summary>Finds accounts by name and remembers them for a short time; a name never changes its number.</summary>
public sealed class AccountDirectory(Func<string, CancellationToken, Task<AccountInfo?>> load, MemoryBudget memory, TimeProvider time)
{
    // The settings of an account are some numbers and short names.
    private const int AccountBytes = 300;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(30);
    private readonly AccountCache<string, Known> _accounts = new(memory, "accounts", (_, _) => AccountBytes);

    /// <summary>The accounts that were deleted.</summary>
    public ClosedAccounts Closed { get; } = new();

    /// <summary>Gets an account or throws NOT_FOUND with reason ACCOUNT_NOT_FOUND.</summary>
    public ValueTask<AccountInfo> GetAsync(string name, CancellationToken ct)
    {
        if (_accounts.TryGet(name, out var entry) && time.GetUtcNow() - entry.LoadedAt < s_lifetime)
        {
            return ValueTask.FromResult(entry.Account);
        }

        return new ValueTask<AccountInfo>(LoadAsync(name, ct));
    }

    /// <summary>Finds an account as it was last read, however long ago; null if it was not read yet.</summary>
    public AccountInfo? Find(string name) => _accounts.TryGet(name, out var entry) ? entry.Account : null;

    /// <summary>Forgets an account whose settings have changed.</summary>
    public void Forget(string name) => _accounts.TryTake(name, out _);

    private async Task<AccountInfo> LoadAsync(string name, CancellationToken ct)
    {
        var account = await load(name, ct)
            ?? throw RpcErrors.Create(
                StatusCode.NotFound, ErrorReason.AccountNotFound, $"There is no account \"{name}\".", ("account", name));
        _accounts.Set(name, new(account, time.GetUtcNow()));
        return account;
    }

    private sealed record Known(AccountInfo Account, DateTimeOffset LoadedAt);
}
