using System.Runtime.CompilerServices;
using Crm.Campaigns.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Definitions;

namespace TagSegments.Campaigns.Reports;

/// <summary>
/// Watches campaigns for all callers of this process. One short query per tick finds the rows that changed; a ledger is counted once for all who
/// watch it, only while it can move, and less often while it does not. Without watchers nothing is asked.
/// </summary>
internal sealed class CampaignWatch(
    WorkDatabase database, CampaignStore campaigns, CampaignResults results, TimeProvider time, ILogger<CampaignWatch> logger)
    : PollingService(TimeSpan.FromMilliseconds(500), logger)
{
    private const int ReadsAtOnce = 4;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, WatchedCampaign> _watched = [];
    private long _ticks;
    private long _reads;

    /// <summary>How often it has looked for changed rows.</summary>
    public long Ticks => Interlocked.Read(ref _ticks);

    /// <summary>How many campaigns are watched.</summary>
    public int Watched
    {
        get
        {
            lock (_gate)
            {
                return _watched.Count;
            }
        }
    }

    /// <summary>How often it has read a campaign with its counts.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Returns the campaign as it is now, and again after each change, until it is over.</summary>
    public async IAsyncEnumerable<Campaign> WatchAsync(CampaignRow row, [EnumeratorCancellation] CancellationToken ct)
    {
        var (watched, asked) = Enter(row);
        try
        {
            for (Campaign? last = null; last is null || !WatchedCampaign.IsOver(last);)
            {
                var (current, changed) = Look(watched, asked);
                if (current is null || current.Equals(last))
                {
                    await changed.WaitAsync(ct);
                    continue;
                }

                last = current;
                yield return current;
            }
        }
        finally
        {
            Leave(watched);
        }
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        WatchedCampaign[] watched;
        lock (_gate)
        {
            watched = [.. _watched.Values];
        }

        if (watched.Length > 0)
        {
            Interlocked.Increment(ref _ticks);
            var versions = await RowVersionsAsync(watched, ct);
            await Parallel.ForEachAsync(
                watched,
                new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = ct },
                async (campaign, stop) => await ReadAsync(campaign, versions.GetValueOrDefault(campaign.CampaignId), stop));
        }

        return false;
    }

    private (WatchedCampaign Watched, long Asked) Enter(CampaignRow row)
    {
        WatchedCampaign? watched;
        long asked;
        lock (_gate)
        {
            if (!_watched.TryGetValue(row.CampaignId, out watched))
            {
                _watched[row.CampaignId] = watched = new WatchedCampaign(row.AccountId, row.CampaignId);
            }

            watched.Watchers++;
            asked = watched.Ask();
        }

        Wake();
        return (watched, asked);
    }

    private void Leave(WatchedCampaign watched)
    {
        lock (_gate)
        {
            if (--watched.Watchers == 0)
            {
                _watched.Remove(watched.CampaignId);
            }
        }
    }

    // What was read before the watcher came is too old for it.
    private (Campaign? Current, Task Changed) Look(WatchedCampaign watched, long asked)
    {
        lock (_gate)
        {
            return (watched.Read > asked ? watched.Current : null, watched.Changed);
        }
    }

    private async ValueTask ReadAsync(WatchedCampaign watched, string? rowVersion, CancellationToken ct)
    {
        var begun = time.GetUtcNow();
        long read;
        lock (_gate)
        {
            if (!watched.IsDue(rowVersion, begun))
            {
                return;
            }

            read = watched.Begin();
        }

        Interlocked.Increment(ref _reads);
        var row = await campaigns.GetAsync(watched.AccountId, watched.CampaignId.ToString(), "", ct);
        var campaign = await results.WithCountsAsync(row, ct);
        lock (_gate)
        {
            watched.Complete(read, campaign, rowVersion, begun, time.GetUtcNow());
        }
    }

    private async Task<Dictionary<Guid, string>> RowVersionsAsync(WatchedCampaign[] watched, CancellationToken ct)
    {
        // The transaction that wrote the row last.
        const string sql = """
            SELECT campaign_id, c.xmin::text
            FROM campaigns.campaign c
            JOIN unnest(@accountIds, @campaignIds) AS w (account_id, campaign_id) USING (account_id, campaign_id)
            """;
        var values = new { accountIds = watched.Select(w => w.AccountId).ToArray(), campaignIds = watched.Select(w => w.CampaignId).ToArray() };
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<(Guid CampaignId, string Version)>(new CommandDefinition(sql, values, cancellationToken: ct)))
            .ToDictionary(row => row.CampaignId, row => row.Version);
    }
}
