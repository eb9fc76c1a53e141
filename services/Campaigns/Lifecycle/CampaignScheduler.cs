using System.Diagnostics;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Audiences;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Lanes;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Lifecycle;

/// <summary>
/// Takes campaigns that are due, by the clock of the database, and has them prepared. Of several replicas, one gets a campaign; if it dies, its
/// lease ends and another one starts the preparation again. Nothing has been sent by then: the audience is frozen in one transaction.
/// Two are prepared at a time, of different accounts; the next one is of the account that has had the least time for its weight.
/// </summary>
internal sealed class CampaignScheduler(
    CampaignClaims campaigns,
    AudiencePreparer preparer,
    MessagePump pump,
    AccountDirectory accounts,
    DeliveryOptions options,
    ILogger<CampaignScheduler> logger)
    : PollingService(WorkWatch.OwnPause, logger, workers: 2), IWatched
{
    private readonly FairClaims _claims = new(mostPerAccount: 1, accounts.Closed);

    public static string WorkQuery =>
        $"SELECT FROM campaigns.campaign WHERE state IN ({CampaignStates.Scheduled}, {CampaignStates.Preparing}) AND run_at <= now()";

    /// <summary>Since when the oldest campaign that nobody has taken is due.</summary>
    public static string OldestDue => $"SELECT min(run_at) FROM campaigns.campaign WHERE state = {CampaignStates.Scheduled} AND run_at <= now()";

    /// <summary>Looks at once for campaigns that are due and for batches that wait.</summary>
    public void WakeSenders()
    {
        Wake();
        pump.Wake();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _claims.Dispose();
        base.Dispose();
    }

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        await campaigns.HoldMissedAsync(ct);
        if (await _claims.NextAsync(order => campaigns.ClaimAsync(order, ct), campaign => campaign.AccountId, ct) is not { } claimed)
        {
            return false;
        }

        var begun = Stopwatch.GetTimestamp();
        var weight = 1;
        try
        {
            weight = (await accounts.GetAsync(claimed.AccountName, ct)).Limits.Weight;
            await PrepareAsync(claimed, ct);
        }
        finally
        {
            _claims.End(claimed.AccountId, weight, Stopwatch.GetElapsedTime(begun));
        }

        return true;
    }

    private async Task PrepareAsync(PreparingCampaign claimed, CancellationToken ct)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var renewal = KeepLeaseAsync(claimed, lost);
        try
        {
            await preparer.PrepareAsync(claimed, lost.Token);
            pump.Wake();
        }
        catch (RpcException e) when (IsFinal(e.StatusCode))
        {
            if (await campaigns.FailAsync(claimed, e.Status.Detail, ct))
            {
                logger.CampaignFailed(claimed.CampaignId, e.Status.Detail);
            }
        }
        finally
        {
            await lost.CancelAsync();
            await renewal;
        }
    }

    // These mean that the audience cannot be evaluated as it is defined; all other errors may be temporary.
    private static bool IsFinal(StatusCode code) =>
        code is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.PermissionDenied;

    private async Task KeepLeaseAsync(PreparingCampaign claimed, CancellationTokenSource lost)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.PrepareLease / 3, lost.Token);
                if (!await campaigns.RenewAsync(claimed, lost.Token))
                {
                    await lost.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Prepared, or lost.
        }
        catch (NpgsqlException e)
        {
            logger.BackgroundWorkFailed(e, nameof(CampaignScheduler));
        }
    }
}
