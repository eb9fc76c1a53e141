using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Finds the sources with due messages. Campaigns are read again when they have changed.</summary>
internal sealed class MessageSources(WorkDatabase database, AccountDirectory accounts, MemoryBudget memory)
{
    private readonly AccountCache<(int AccountId, Guid CampaignId, int Version), MessageSource> _known =
        new(memory, "campaigns.sources", (_, source) => source.Bytes);

    /// <summary>The accounts that were deleted: nothing of them is sent.</summary>
    public ClosedAccounts Closed => accounts.Closed;

    /// <summary>Lists the campaigns that are being sent, but for those of deleted accounts.</summary>
    public async Task<IReadOnlyCollection<MessageSource>> SendingAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT account_id, campaign_id, version
            FROM campaigns.campaign
            WHERE state = {CampaignStates.Sending}
            """;
        await using var connection = await database.OpenAsync(ct);
        var sending = (await connection.QueryAsync<(int AccountId, Guid CampaignId, int Version)>(
            new CommandDefinition(sql, cancellationToken: ct))).Where(campaign => Closed.MayWork(campaign.AccountId)).ToList();
        var known = sending.ToDictionary(key => key, key => _known.TryGet(key, out var source) ? source : null);
        Guid[] unknown = [.. known.Where(source => source.Value is null).Select(source => source.Key.CampaignId)];
        var read = unknown.Length == 0 ? [] : (await ReadAsync(connection, unknown, ct)).AsList();
        foreach (var source in read)
        {
            _known.Set((source.AccountId, source.CampaignId, source.Version), source);
        }

        MessageSource[] sources = [.. known.Values.OfType<MessageSource>(), .. read];
        await ReadWeightsAsync(sources, ct);
        return sources;
    }

    /// <summary>Gets the single messages of batches.</summary>
    public async Task<Dictionary<Guid, MessageSource>> SinglesAsync(IReadOnlyList<Batch> batches, CancellationToken ct)
    {
        const string sql =
            """
            SELECT m.account_id, m.message_id AS campaign_id, m.account_name, m.campaign_name AS name, m.message, 0 AS messages_per_minute,
                false AS subscribed_only, NULL AS ab_test, 0::smallint AS ab_winner, 0 AS version, true AS is_single, m.kind
            FROM unnest(@accounts, @campaigns) AS b (account_id, campaign_id)
            JOIN campaigns.single_message m ON m.account_id = b.account_id AND m.message_id = b.campaign_id
            """;
        await using var connection = await database.OpenAsync(ct);
        var parameters = new { accounts = batches.Select(b => b.AccountId).ToArray(), campaigns = batches.Select(b => b.CampaignId).ToArray() };
        var singles = (await connection.QueryAsync<MessageSource>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList();
        await ReadWeightsAsync(singles, ct);
        return singles.ToDictionary(source => source.CampaignId);
    }

    /// <summary>Gets the share of an account among those whose messages wait, as last read.</summary>
    public int WeightOf(string accountName) => (accounts.Find(accountName)?.Limits ?? AccountLimits.Default).Weight;

    /// <summary>Ends campaigns that are sending and have no open messages left; returns their number.</summary>
    public async Task<int> FinishAsync(CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign c
            SET state = {CampaignStates.Sent}, version = version + 1, ended_at = now(), updated_at = now()
            WHERE state = {CampaignStates.Sending}
              AND NOT EXISTS (SELECT FROM campaigns.batch b WHERE b.account_id = c.account_id AND b.campaign_id = c.campaign_id)
            """;
        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: ct));
    }

    // Without the tag service, messages keep the order that they have.
    private Task ReadWeightsAsync(IEnumerable<MessageSource> sources, CancellationToken ct) =>
        Task.WhenAll(sources.Select(source => source.AccountName).Distinct().Select(async name =>
        {
            try
            {
                await accounts.GetAsync(name, ct);
            }
            catch (RpcException) when (!ct.IsCancellationRequested)
            {
            }
        }));

    private static Task<IEnumerable<MessageSource>> ReadAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT account_id, campaign_id, account_name, name, message, messages_per_minute,
                COALESCE((audience->>'subscribedOnly')::boolean, false) AS subscribed_only, ab_test, ab_winner, version, false AS is_single,
                0::smallint AS kind
            FROM campaigns.campaign
            WHERE state = {CampaignStates.Sending} AND campaign_id = ANY(@ids)
            """;
        return connection.QueryAsync<MessageSource>(new CommandDefinition(sql, new { ids }, cancellationToken: ct));
    }
}
