using Grpc.Core;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Deletion;

/// <summary>Follows which accounts were deleted, once a second.</summary>
/// <param name="accounts">Where it is noted.</param>
/// <param name="list">Lists the accounts that were deleted and are not erased yet.</param>
/// <param name="logger">Where errors are logged.</param>
public sealed class DeletionFollower(
    AccountDirectory accounts, Func<CancellationToken, Task<IReadOnlyCollection<ClosedAccount>>> list, ILogger<DeletionFollower> logger)
    : PollingService(TimeSpan.FromSeconds(1), logger)
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Reads now which accounts were deleted.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            foreach (var name in accounts.Closed.Set(await list(ct)))
            {
                // Nobody finds an erased account any more, and a new one may have its name.
                accounts.Forget(name);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        try
        {
            await RefreshAsync(ct);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable)
        {
            // The tag service is down. What was known stays true: without it, no account is deleted or restored.
        }

        return false;
    }
}
