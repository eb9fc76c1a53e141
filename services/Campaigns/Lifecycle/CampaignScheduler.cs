using System.Diagnostics;
using Dapper;
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
    NpgsqlDataSource database,
    AudiencePreparer preparer,
    MessagePump pump,
    AccountDirectory accounts,
    DeliveryOptions options,
    ILogger<CampaignScheduler> logger)
    : PollingService(options.PollInterval, logger, workers: 2)
{
    private readonly FairClaims _claims = new(mostPerAccount: 1);

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
        await HoldMissedAsync(ct);
        if (await _claims.NextAsync(order => ClaimAsync(order, ct), campaign => campaign.AccountId, ct) is not { } claimed)
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
            await FailAsync(claimed, e.Status.Detail, ct);
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

    private async Task<PreparingCampaign?> ClaimAsync(ClaimOrder order, CancellationToken ct)
    {
        const string sql =
            $"""
            WITH due AS MATERIALIZED (
                SELECT account_id, campaign_id
                FROM campaigns.campaign c
                LEFT JOIN unnest(@AccountIds, @Ahead) AS share (account_id, ahead) USING (account_id)
                WHERE ((state = {CampaignStates.Scheduled} AND run_at BETWEEN now() - make_interval(secs => @late) AND now())
                    OR (state = {CampaignStates.Preparing} AND lease_until < now()))
                  AND account_id <> ALL (@Full)
                ORDER BY coalesce(ahead, 0), run_at
                LIMIT 1
                FOR UPDATE OF c SKIP LOCKED
            )
            UPDATE campaigns.campaign c
            SET state = {CampaignStates.Preparing}, version = version + 1, fence = fence + 1,
                lease_until = now() + make_interval(secs => @lease), updated_at = now()
            FROM due
            WHERE c.account_id = due.account_id AND c.campaign_id = due.campaign_id
            RETURNING c.account_id, c.campaign_id, c.account_name, c.channel, c.audience, c.message, c.recipient_tag_ids, c.fence, c.ab_test
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var parameters = new
        {
            lease = options.PrepareLease.TotalSeconds,
            late = options.LateLimit.TotalSeconds,
            order.Full,
            order.AccountIds,
            order.Ahead,
        };
        return await connection.QuerySingleOrDefaultAsync<PreparingCampaign>(new CommandDefinition(sql, parameters, cancellationToken: ct));
    }

    // After a long outage it is unclear whether a campaign is still wanted.
    private async Task HoldMissedAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = {CampaignStates.Paused}, version = version + 1, updated_at = now(),
                problem = 'Its time was missed because no sender was running. Resume it to send it now, or cancel it.'
            WHERE state = {CampaignStates.Scheduled} AND run_at < now() - make_interval(secs => @late)
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { late = options.LateLimit.TotalSeconds }, cancellationToken: ct));
    }

    private async Task KeepLeaseAsync(PreparingCampaign claimed, CancellationTokenSource lost)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.PrepareLease / 3, lost.Token);
                if (!await RenewAsync(claimed, lost.Token))
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

    private async Task<bool> RenewAsync(PreparingCampaign claimed, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET lease_until = now() + make_interval(secs => @lease)
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND fence = @Fence AND state = {CampaignStates.Preparing}
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var parameters = new { claimed.AccountId, claimed.CampaignId, claimed.Fence, lease = options.PrepareLease.TotalSeconds };
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: ct)) > 0;
    }

    private async Task FailAsync(PreparingCampaign claimed, string problem, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = {CampaignStates.Failed}, problem = @problem, version = version + 1, ended_at = now(), updated_at = now(), lease_until = NULL
            WHERE account_id = @AccountId AND campaign_id = @CampaignId AND fence = @Fence AND state = {CampaignStates.Preparing}
            """;
        await using var connection = await database.OpenConnectionAsync(ct);
        var parameters = new { claimed.AccountId, claimed.CampaignId, claimed.Fence, problem };
        if (await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: ct)) > 0)
        {
            logger.CampaignFailed(claimed.CampaignId, problem);
        }
    }
}
