using Dapper;
using Npgsql;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Finds what is to be sent. Campaigns are read again when they have changed.</summary>
internal sealed class MessageSources(NpgsqlDataSource database)
{
    private Dictionary<(int, Guid, int), MessageSource> _known = [];

    /// <summary>Lists the campaigns that are being sent.</summary>
    public async Task<IReadOnlyCollection<MessageSource>> SendingAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var sending = (await connection.QueryAsync<(int AccountId, Guid CampaignId, int Version)>(new CommandDefinition(
            "SELECT account_id, campaign_id, version FROM campaigns.campaign WHERE state = 4", cancellationToken: ct))).AsList();
        var unknown = sending.Where(key => !_known.ContainsKey(key)).ToList();
        var read = unknown.Count == 0 ? [] : await connection.QueryAsync<MessageSource>(new CommandDefinition(
            """
            SELECT account_id, campaign_id, account_name, name, message, messages_per_minute,
                COALESCE((audience->>'subscribedOnly')::boolean, false) AS subscribed_only, ab_test, ab_winner, version, false AS is_single
            FROM campaigns.campaign
            WHERE state = 4 AND campaign_id = ANY(@ids)
            """,
            new { ids = unknown.Select(key => key.CampaignId).ToArray() },
            cancellationToken: ct));
        _known = sending.Where(_known.ContainsKey).Select(key => _known[key]).Concat(read)
            .ToDictionary(source => (source.AccountId, source.CampaignId, source.Version));
        return _known.Values;
    }

    /// <summary>Gets the single messages of batches.</summary>
    public async Task<Dictionary<Guid, MessageSource>> SinglesAsync(IReadOnlyList<Batch> batches, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<MessageSource>(new CommandDefinition(
            """
            SELECT m.account_id, m.message_id AS campaign_id, m.account_name, '' AS name, m.message, 0 AS messages_per_minute,
                false AS subscribed_only, NULL AS ab_test, 0::smallint AS ab_winner, 0 AS version, true AS is_single
            FROM unnest(@accounts, @campaigns) AS b (account_id, campaign_id)
            JOIN campaigns.single_message m ON m.account_id = b.account_id AND m.message_id = b.campaign_id
            """,
            new { accounts = batches.Select(b => b.AccountId).ToArray(), campaigns = batches.Select(b => b.CampaignId).ToArray() },
            cancellationToken: ct))).ToDictionary(source => source.CampaignId);
    }
}
