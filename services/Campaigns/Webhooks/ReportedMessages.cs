using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Schema;
using TagSegments.Campaigns.Suppressions;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Webhooks;

/// <summary>
/// Finds the messages that providers report about. Our Message-ID leads there without a search. An event that comes without any id is about the
/// latest message that went to its address before it.
/// </summary>
internal sealed class ReportedMessages(AccountDatabase accounts, WorkDatabase work, TrackingTokens tokens, WebhookOptions options, TimeProvider time)
{
    // Providers' clocks run behind by so much at most.
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(10);

    /// <summary>Finds the recipient of each event; null for a message that is not ours. With an account, only its messages are looked at for addresses.</summary>
    public async Task<TrackingTarget?[]> FindAsync(IReadOnlyList<ProviderEvent> events, int? account, CancellationToken ct)
    {
        var targets = events.Select(TargetOf).ToArray();
        var byAddress = Enumerable.Range(0, events.Count).Where(i => string.IsNullOrWhiteSpace(events[i].MessageId) && events[i].Email is { Length: > 0 and <= 320 }).ToList();
        foreach (var (n, target) in byAddress.Count == 0 ? [] : await FindByAddressAsync(byAddress.ConvertAll(i => events[i]), account, ct))
        {
            targets[byAddress[n]] = target;
        }

        return targets;
    }

    private TrackingTarget? TargetOf(ProviderEvent e) =>
        e.MessageId?.Trim('<', '>', ' ').Split('@')[0] is { Length: > 0 } token ? tokens.Read(TokenPurpose.Message, token) : null;

    // The clocks list the accounts: a connection of one account shows its own only.
    private async Task<IEnumerable<(int N, TrackingTarget Target)>> FindByAddressAsync(List<ProviderEvent> events, int? account, CancellationToken ct)
    {
        const string sql =
            $"""
            SELECT (e.n - 1)::int, m.account_id, m.campaign_id, m.contact_id
            FROM unnest(@keys, @times) WITH ORDINALITY AS e (address_key, at, n)
            CROSS JOIN LATERAL (
                SELECT r.account_id, r.campaign_id, r.contact_id
                FROM campaigns.activity_clock k
                CROSS JOIN LATERAL (
                    SELECT r.account_id, r.campaign_id, r.contact_id, COALESCE(r.accepted_at, r.updated_at) AS sent_at
                    FROM campaigns.recipient r
                    WHERE r.account_id = k.account_id AND r.channel = @channel AND r.address_key = e.address_key
                      AND r.state IN ({RecipientStates.Accepted}, {RecipientStates.Unknown})
                      AND COALESCE(r.accepted_at, r.updated_at) BETWEEN e.at - @MatchWindow AND e.at + @s_skew
                    ORDER BY sent_at DESC
                    LIMIT 1) AS r
                ORDER BY r.sent_at DESC
                LIMIT 1) AS m
            """;
        var now = time.GetUtcNow().UtcDateTime;
        var parameters = new
        {
            keys = events.Select(e => Address.Key(Channel.Email, e.Email!)).ToArray(),
            times = events.Select(e => e.At is { } at && at < now ? at : now).ToArray(),
            channel = (short)Channel.Email,
            options.MatchWindow,
            s_skew,
        };
        await using var connection = account is { } id ? await accounts.OpenAsync(id, ct) : await work.OpenAsync(ct);
        var found = await connection.QueryAsync<(int N, int AccountId, Guid CampaignId, int ContactId)>(
            new CommandDefinition(sql, parameters, cancellationToken: ct));
        return found.Select(m => (m.N, new TrackingTarget(m.AccountId, m.CampaignId, m.ContactId, Channel.Email)));
    }
}
