using System.Collections.Frozen;
using System.Globalization;
using Crm.Errors.V1;
using Grpc.Core;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>An account that was deleted and is not erased yet.</summary>
/// <param name="Id">The number of the account.</param>
/// <param name="Name">The name of the account.</param>
/// <param name="EraseTime">When it is erased, unless it is restored before.</param>
/// <param name="IsErased">Whether its erasure has begun, so that it cannot be restored.</param>
/// <param name="MaySweep">Whether nothing that knew of the account before can still be under way, so that its data can be erased.</param>
/// <param name="SweptServices">The services that have erased what they had.</param>
public sealed record ClosedAccount(
    int Id, string Name, DateTimeOffset EraseTime, bool IsErased, bool MaySweep, IReadOnlyCollection<string> SweptServices);

/// <summary>The accounts that were deleted, as this process last heard. Their calls are refused and their background work stops.</summary>
public sealed class ClosedAccounts
{
    private volatile Known? _known;

    /// <summary>Whether the process has heard which accounts are closed. Background work waits for it.</summary>
    public bool IsKnown => _known is not null;

    /// <summary>The closed accounts.</summary>
    public IReadOnlyList<ClosedAccount> All => _known is { } known ? known.ById.Values : [];

    /// <summary>The numbers of the closed accounts, for SQL.</summary>
    public int[] Ids => _known is { } known ? [.. known.ById.Keys] : [];

    /// <summary>Checks whether background work may be done for an account now.</summary>
    public bool MayWork(int accountId) => _known is { } known && !known.ById.ContainsKey(accountId);

    /// <summary>Checks whether the data of an account is going for good, so that nothing may be added.</summary>
    public bool IsErased(int accountId) => _known is { } known && known.ById.TryGetValue(accountId, out var closed) && closed.IsErased;

    /// <summary>Makes the error for a call of a closed account; null if the account is not closed.</summary>
    public RpcException? Refusal(string account) => _known is { } known && known.ByName.TryGetValue(account, out var closed)
        ? RpcErrors.Create(
            StatusCode.FailedPrecondition,
            ErrorReason.AccountDeleted,
            $"The account \"{account}\" was deleted.",
            ("account", account),
            ("erase_time", closed.EraseTime.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)))
        : null;

    /// <summary>Takes note of all closed accounts and returns the names of the ones that were closed, opened or began to be erased since.</summary>
    public IEnumerable<string> Set(IReadOnlyCollection<ClosedAccount> closed)
    {
        var changed = All.Select(account => (account.Name, account.IsErased)).ToHashSet();
        changed.SymmetricExceptWith(closed.Select(account => (account.Name, account.IsErased)));
        _known = new(closed.ToFrozenDictionary(account => account.Id), closed.ToFrozenDictionary(account => account.Name));
        return changed.Select(account => account.Name);
    }

    private sealed record Known(FrozenDictionary<int, ClosedAccount> ById, FrozenDictionary<string, ClosedAccount> ByName);
}
