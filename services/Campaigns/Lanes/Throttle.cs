using Dapper;
using Npgsql;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Schema;
using Channel = Crm.Common.V1.Channel;

namespace TagSegments.Campaigns.Lanes;

/// <summary>Decides how many messages may leave now, and which have to wait for the limit of their domain.</summary>
internal sealed class Throttle(RateLimits limits, DeliveryOptions options, WorkDatabase database)
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    /// <summary>Takes the number of messages that the limits of a campaign and of all messages together allow now.</summary>
    public async Task<int> TakeAsync(MessageSource source, int wanted, CancellationToken ct)
    {
        var key = RateLimits.OfCampaign(source.CampaignId);
        var allowed = await limits.TakeAsync(key, source.MessagesPerMinute, wanted, ct);
        var taken = await limits.TakeAsync(RateLimits.Total, TotalLimit, allowed, ct);
        await limits.ReturnAsync(key, source.MessagesPerMinute, allowed - taken, ct);
        return taken;
    }

    /// <summary>Takes the number of messages that the limit of all messages together allows now.</summary>
    public Task<int> TakeAsync(int wanted, CancellationToken ct) => limits.TakeAsync(RateLimits.Total, TotalLimit, wanted, ct);

    /// <summary>Gives back the unused part of what was taken.</summary>
    public async Task ReturnAsync(MessageSource? source, int unused, CancellationToken ct)
    {
        if (source is not null)
        {
            await limits.ReturnAsync(RateLimits.OfCampaign(source.CampaignId), source.MessagesPerMinute, unused, ct);
        }

        await limits.ReturnAsync(RateLimits.Total, TotalLimit, unused, ct);
    }

    /// <summary>Returns the recipients whose domain has room for a message now; gives the others a later slot and defers them until then.</summary>
    public async Task<List<BatchRecipient>> ByDomainAsync(IReadOnlyList<BatchRecipient> recipients, CancellationToken ct)
    {
        var limited = recipients
            .Where(recipient => !recipient.HasSlot && recipient.Channel == (short)Channel.Email)
            .GroupBy(recipient => recipient.Address[(recipient.Address.LastIndexOf('@') + 1)..].ToLowerInvariant())
            .Where(domain => options.DomainLimit(domain.Key) > 0);
        var later = new Dictionary<BatchRecipient, TimeSpan>();
        foreach (var domain in limited)
        {
            var perMinute = options.DomainLimit(domain.Key);
            var first = await limits.ReserveAsync(RateLimits.OfDomain(domain.Key), perMinute, domain.Count(), ct);
            var places = domain.Select((recipient, i) => (Recipient: recipient, Wait: first + TimeSpan.FromMinutes((double)i / perMinute)));
            foreach (var (recipient, wait) in places.Where(place => place.Wait > s_soon))
            {
                later.Add(recipient, wait);
            }
        }

        await PutOffAsync(later, ct);
        return [.. recipients.Where(recipient => !later.ContainsKey(recipient))];
    }

    private int TotalLimit => 60 * options.MessagesPerSecond;

    private async Task PutOffAsync(Dictionary<BatchRecipient, TimeSpan> later, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.recipient r
            SET state = {RecipientStates.Pending}, due_at = now() + make_interval(secs => c.wait), updated_at = now()
            FROM unnest(@accounts, @campaigns, @contacts, @waits) AS c (account_id, campaign_id, contact_id, wait)
            WHERE r.account_id = c.account_id AND r.campaign_id = c.campaign_id AND r.contact_id = c.contact_id
              AND r.state IN {RecipientStates.Waiting}
            """;
        if (later.Count == 0)
        {
            return;
        }

        var parameters = LedgerDepartures.Parameters([.. later.Keys]);
        parameters.Add("waits", later.Values.Select(wait => wait.TotalSeconds).ToArray());
        await using var connection = await database.OpenAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: ct));
    }
}
