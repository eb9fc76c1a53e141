using System.Collections.Concurrent;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;
using TagSegments.Campaigns.AbTests;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Sending;

/// <summary>
/// Takes due messages, reads their contacts afresh, and hands them to the lanes. Whoever was deleted or opted out since the audience was
/// frozen is left out here.
/// </summary>
internal sealed class MessagePump(
    NpgsqlDataSource database, Ledger ledger, Lanes lanes, ContactService.ContactServiceClient contacts, ILogger<MessagePump> logger)
    : PollingService(lanes.Options.PollInterval, logger)
{
    private readonly RateLimiter _rates = new();

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var claimed = 0;
        foreach (var source in await SendingAsync(ct))
        {
            var size = _rates.Allowance(source.CampaignId, source.MessagesPerMinute, TotalAllowance());
            if (size > 0)
            {
                var claims = await ClaimAsync(source, size, ct);
                _rates.Use(source.CampaignId, claims.Count);
                _rates.Use(RateLimiter.Total, claims.Count);
                await DispatchAsync(claims, source, ct);
                claimed += claims.Count;
            }
        }

        claimed += await PumpSinglesAsync(ct);
        return claimed > 0 || await ledger.FinishAsync(ct) > 0;
    }

    // The rest of an A/B test has its turn when the winner is chosen.
    private async Task<List<Claim>> ClaimAsync(MessageSource source, int size, CancellationToken ct)
    {
        var claims = await ledger.ClaimAsync(source.AccountId, source.CampaignId, size, rest: false, ct);
        if (claims.Count < size && source.AbWinner > 0)
        {
            claims.AddRange(await ledger.ClaimAsync(source.AccountId, source.CampaignId, size - claims.Count, rest: true, ct));
        }

        return claims;
    }

    private int TotalAllowance() => _rates.Allowance(RateLimiter.Total, 60 * lanes.Options.MessagesPerSecond, lanes.Options.ClaimSize);

    private async Task<int> PumpSinglesAsync(CancellationToken ct)
    {
        var claims = await ledger.ClaimSinglesAsync(TotalAllowance(), ct);
        _rates.Use(RateLimiter.Total, claims.Count);
        if (claims.Count == 0)
        {
            return 0;
        }

        var sources = (await SinglesAsync(claims, ct)).ToDictionary(source => (source.AccountId, source.CampaignId));
        foreach (var account in claims.GroupBy(claim => claim.AccountId))
        {
            var name = sources[(account.Key, account.First().CampaignId)].AccountName;
            await DispatchAsync([.. account], name, claim => sources[(claim.AccountId, claim.CampaignId)], ct);
        }

        return claims.Count;
    }

    private Task DispatchAsync(List<Claim> claims, MessageSource source, CancellationToken ct) =>
        DispatchAsync(claims, source.AccountName, _ => source, ct);

    private async Task DispatchAsync(List<Claim> claims, string accountName, Func<Claim, MessageSource> source, CancellationToken ct)
    {
        try
        {
            foreach (var chunk in claims.Chunk(1_000))
            {
                var request = new BatchGetContactsRequest { Account = accountName, ContactIds = { chunk.Select(c => c.ContactId).Distinct() } };
                var readAt = TimeProvider.System.GetTimestamp();
                var found = (await contacts.BatchGetContactsAsync(request, cancellationToken: ct)).Contacts.ToDictionary(c => c.ContactId);
                foreach (var claim in chunk)
                {
                    await lanes.AddAsync(new Letter(claim, source(claim), found.GetValueOrDefault(claim.ContactId), readAt), ct);
                }
            }
        }
        catch (Exception)
        {
            // Those that a lane has already are left to it: its departure finds them taken back.
            await ledger.ReleaseAsync(claims, CancellationToken.None);
            throw;
        }
    }

    private async Task<List<MessageSource>> SendingAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<MessageSource>(new CommandDefinition(
            """
            SELECT account_id, campaign_id, account_name, name, message, messages_per_minute,
                COALESCE((audience->>'subscribedOnly')::boolean, false) AS subscribed_only, ab_test, ab_winner
            FROM campaigns.campaign
            WHERE state = 4
            """,
            cancellationToken: ct))).AsList();
    }

    private async Task<IEnumerable<MessageSource>> SinglesAsync(IEnumerable<Claim> claims, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.QueryAsync<MessageSource>(new CommandDefinition(
            """
            SELECT m.account_id, m.message_id AS campaign_id, m.account_name, '' AS name, m.message, 0 AS messages_per_minute,
                false AS subscribed_only, NULL AS ab_test, 0::smallint AS ab_winner
            FROM unnest(@accounts, @campaigns) AS c (account_id, campaign_id)
            JOIN campaigns.single_message m ON m.account_id = c.account_id AND m.message_id = c.campaign_id
            """,
            LedgerWriter.Keys(claims),
            cancellationToken: ct));
    }
}

/// <summary>What a message is made from.</summary>
internal sealed record MessageSource(
    int AccountId, Guid CampaignId, string AccountName, string Name, string Message, int MessagesPerMinute, bool SubscribedOnly,
    string? AbTest, short AbWinner)
{
    private readonly ConcurrentDictionary<int, Message> _messages = new();

    /// <summary>The message that a recipient of a variant gets.</summary>
    public Message MessageOf(short variant) => _messages.GetOrAdd(variant == 0 ? AbWinner : variant, number => Variants.Apply(
        JsonParser.Default.Parse<Message>(Message), AbTest is null ? null : JsonParser.Default.Parse<AbTest>(AbTest), number));
}

/// <summary>A claimed message with its contact, null if there is none, and the timestamp at which it was read.</summary>
internal sealed record Letter(Claim Claim, MessageSource Source, Contact? Contact, long ReadAt)
{
    public TimeSpan Age => TimeProvider.System.GetElapsedTime(ReadAt);

    public Channel Channel => (Channel)Claim.Channel;
}
