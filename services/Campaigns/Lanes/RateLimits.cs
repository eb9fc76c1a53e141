using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Lanes;

/// <summary>
/// Keeps all processes together to messages per minute. A limit is a point in time up to which it is used up; each message moves it on by its
/// share of a minute.
/// </summary>
internal sealed class RateLimits(WorkDatabase database)
{
    /// <summary>The limit of all messages together.</summary>
    public const string Total = "total";

    /// <summary>The limit of a campaign.</summary>
    public static string OfCampaign(Guid campaignId) => $"campaign {campaignId}";

    /// <summary>The limit of a domain.</summary>
    public static string OfDomain(string domain) => $"domain {domain}";

    /// <summary>
    /// Takes up to <paramref name="wanted"/> messages that may leave now. No more than a second's worth is saved up, so that a pause is not followed
    /// by a flood. 0 means no limit.
    /// </summary>
    public async Task<int> TakeAsync(string key, int perMinute, int wanted, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.rate (rate_key, used_until)
            VALUES (@key, now() - make_interval(secs => @share))
            ON CONFLICT DO NOTHING;
            WITH own AS (
                SELECT rate_key, GREATEST(used_until, now() - make_interval(secs => GREATEST(1, @share))) AS used_until
                FROM campaigns.rate
                WHERE rate_key = @key
                FOR UPDATE
            ), taken AS (
                SELECT rate_key, used_until, GREATEST(0, LEAST(@wanted, floor(extract(epoch FROM now() - used_until) / @share)))::int AS messages
                FROM own
            )
            UPDATE campaigns.rate r
            SET used_until = taken.used_until + make_interval(secs => @share * messages)
            FROM taken
            WHERE r.rate_key = taken.rate_key
            RETURNING messages
            """;
        if (perMinute == 0 || wanted == 0)
        {
            return wanted;
        }

        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteScalarAsync<int>(
            new CommandDefinition(sql, new { key, wanted, share = 60.0 / perMinute }, cancellationToken: ct));
    }

    /// <summary>Gives back the unused part of what was taken.</summary>
    public async Task ReturnAsync(string key, int perMinute, int unused, CancellationToken ct)
    {
        const string sql =
            """
            UPDATE campaigns.rate
            SET used_until = used_until - make_interval(secs => @time)
            WHERE rate_key = @key
            """;
        if (perMinute > 0 && unused > 0)
        {
            await using var connection = await database.OpenAsync(ct);
            await connection.ExecuteAsync(new CommandDefinition(sql, new { key, time = 60.0 / perMinute * unused }, cancellationToken: ct));
        }
    }

    /// <summary>Reserves the next places of a limit, which are evenly apart; returns how long it is until the first of them.</summary>
    public async Task<TimeSpan> ReserveAsync(string key, int perMinute, int messages, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.rate AS r (rate_key, used_until)
            VALUES (@key, now() + make_interval(secs => @time))
            ON CONFLICT (rate_key) DO UPDATE SET used_until = GREATEST(r.used_until, now()) + make_interval(secs => @time)
            RETURNING extract(epoch FROM used_until - now())::float8 - @time
            """;
        await using var connection = await database.OpenAsync(ct);
        return TimeSpan.FromSeconds(await connection.ExecuteScalarAsync<double>(
            new CommandDefinition(sql, new { key, time = 60.0 / perMinute * messages }, cancellationToken: ct)));
    }
}
