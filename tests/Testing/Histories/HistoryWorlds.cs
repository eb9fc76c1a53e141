using System.Globalization;
using Crm.Segments.V1;
using Dapper;
using NodaTime;
using Npgsql;
using TagSegments.Filters.Values;
using TagSegments.Testing.Oracle;

namespace TagSegments.Testing.Histories;

/// <summary>Accounts that histories start from: random worlds, written to the database once and copied for each history.</summary>
internal sealed class HistoryWorlds(NpgsqlDataSource owner, AccountCopies copies)
{
    private const int Originals = 24;

    // Both sides of the borders of words and chunks.
    private static readonly int[] s_contactIds = [1, 2, 3, 4, 5, 63, 64, 65, 16_382, 16_383, 16_384, 16_385, 32_767, 40_000, 40_001];
    private static readonly string[] s_campaigns = [WorldNames.Spring, WorldNames.Autumn];
    private readonly List<(int AccountId, HistoryModel Model)> _originals = [];

    /// <summary>Writes the originals.</summary>
    public async Task CreateAsync(int seed)
    {
        var now = FilterValues.ToMicroseconds(SystemClock.Instance.GetCurrentInstant());
        await using var connection = await owner.OpenConnectionAsync();
        for (var i = 0; i < Originals; i++)
        {
            var random = new Random(HashCode.Combine(seed, i));
            var world = new WorldGenerator(random, now).World(1_000_000 + i, 1, s_contactIds);
            world.Contacts.ToList().ForEach(Tidy);
            var filters = new FilterGenerator(random, WorldNames.Catalog(), now);
            var engaged = new Filter { Segment = new SegmentClause { SegmentId = WorldNames.Engaged } };
            var segments = new Dictionary<string, Filter>
            {
                [WorldNames.Engaged] = filters.WithoutSegments(2),
                [WorldNames.Buyers] = new() { AnyOf = new FilterGroup { Filters = { filters.WithoutSegments(2), engaged } } },
            };
            await WorldLoader.LoadAsync(connection, world, analyze: false);
            await CompleteAsync(connection, world, segments);
            _originals.Add((world.AccountId, new HistoryModel(world, segments)));
        }

        await connection.ExecuteAsync("ANALYZE;");
    }

    /// <summary>Makes a new account like one of the originals.</summary>
    public async Task<(int AccountId, string Name, HistoryModel Model)> TakeAsync(Random random)
    {
        var (original, model) = _originals[random.Next(_originals.Count)];
        var name = $"history-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)}";
        await using var connection = await owner.OpenConnectionAsync();
        var accountId = await connection.ExecuteScalarAsync<int>(
            """
            INSERT INTO crm.account (name, time_zone, week_start) SELECT @name, time_zone, week_start FROM crm.account WHERE account_id = @original
            RETURNING account_id
            """,
            new { name, original });
        await copies.CopyAsync(original, accountId);
        return (accountId, name, model.Copy());
    }

    // The loader writes some texts as no service would: those are for tests of the language.
    private static void Tidy(WorldContact contact)
    {
        foreach (var (name, text) in contact.Texts.ToList())
        {
            contact.Texts[name] = text is null || text.Any(char.IsControl) || text.Trim().Length == 0 ? null : text.Trim();
        }

        foreach (var fields in contact.Opportunities.Select(opportunity => opportunity.Fields).Append(contact.Fields))
        {
            fields.Where(field => OracleFields.IsEmpty(field.Value)).ToList().ForEach(field => fields.Remove(field.Key));
        }

        for (var i = 0; i < contact.Opportunities.Count; i++)
        {
            var opportunity = contact.Opportunities[i];
            contact.Opportunities[i] = opportunity with { Name = opportunity.Name?.Any(char.IsControl) == true ? null : opportunity.Name };
        }
    }

    // What the services need besides what the loader writes: blocks of numbers, campaigns and segments.
    private static async Task CompleteAsync(NpgsqlConnection connection, World world, Dictionary<string, Filter> segments)
    {
        const string sql = """
            INSERT INTO crm.id_block (account_id, kind, next_id)
            VALUES (@AccountId, 'contact', 50000), (@AccountId, 'opportunity', 200000), (@AccountId, 'tag', 100);

            INSERT INTO campaigns.campaign (account_id, campaign_id, account_name, name, channel, message, audience, state)
            SELECT @AccountId, id::uuid, '', id, 1, '{}', '{}', 1 FROM unnest(@campaigns) AS id;

            INSERT INTO segments.clock (account_id, pos, nonce) VALUES (@AccountId, 1, gen_random_uuid());
            INSERT INTO segments.segment (account_id, segment_id, name, filter, created_at, updated_at)
            SELECT @AccountId, id::uuid, id, filter::jsonb, now(), now() FROM unnest(@ids, @filters) AS s (id, filter);
            """;
        var ids = segments.Keys.ToArray();
        await connection.ExecuteAsync(sql, new { world.AccountId, campaigns = s_campaigns, ids, filters = ids.Select(id => segments[id].ToString()).ToArray() });
    }
}
