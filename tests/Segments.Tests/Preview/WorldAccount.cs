using Crm.Segments.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using Npgsql;
using TagSegments.Filters.Values;
using TagSegments.Segments.Tests.Filters;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;

namespace TagSegments.Segments.Tests.Preview;

/// <summary>
/// A random account in the database of the services, and the plain objects that it was made of. It is written into the tables, because it has
/// a past that no call makes.
/// </summary>
internal sealed class WorldAccount
{
    private static int s_accounts = 900_000;

    private readonly Dictionary<string, Filter> _segments;

    private WorldAccount(World world, FilterGenerator filters, Dictionary<string, Filter> segments) =>
        (World, Filters, _segments) = (world, filters, segments);

    public World World { get; }

    public string Name => FormattableString.Invariant($"world-{World.AccountId}");

    /// <summary>Makes random filters on this account.</summary>
    public FilterGenerator Filters { get; }

    /// <summary>Makes one around the present; <paramref name="adapt"/> may change it before it is written.</summary>
    public static async Task<WorldAccount> CreateAsync(TestApps apps, Random random, Action<World>? adapt = null)
    {
        var now = FilterValues.ToMicroseconds(SystemClock.Instance.GetCurrentInstant());
        var world = new WorldGenerator(random, now).World(Interlocked.Increment(ref s_accounts), weekStart: random.Next(1, 8));
        adapt?.Invoke(world);
        var filters = new FilterGenerator(random, WorldNames.Catalog(world.AccountId, world.TimeZone, world.WeekStart), now);
        var account = new WorldAccount(world, filters, RandomSegments.Make(filters));
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await WorldLoader.LoadAsync(connection, world);
        await account.SaveNamesAsync(connection);
        return account;
    }

    /// <summary>Finds the matches at an instant naively.</summary>
    public HashSet<int> Matches(Filter filter, Timestamp at, Mutant mutant = Mutant.None)
    {
        var now = FilterValues.ToMicroseconds(Instant.FromDateTimeOffset(at.ToDateTimeOffset()));
        var oracle = new FilterOracle(World, now, _segments.GetValueOrDefault, mutant);
        return [.. World.Contacts.Where(contact => oracle.Matches(filter, contact)).Select(contact => contact.Id)];
    }

    /// <summary>Gets the filter of a saved segment.</summary>
    public Filter Segment(string segmentId) => _segments[segmentId];

    private async Task SaveNamesAsync(NpgsqlConnection connection)
    {
        await connection.ExecuteAsync(
            """
            INSERT INTO segments.segment (account_id, segment_id, name, filter, created_at, updated_at)
            VALUES (@AccountId, @id::uuid, @name, @filter::jsonb, now(), now())
            """,
            WorldNames.Catalog().SegmentItems.Select(item => new
            {
                World.AccountId,
                id = item.Id,
                name = item.Name,
                filter = JsonFormatter.Default.Format(_segments[item.Id]),
            }));
        await connection.ExecuteAsync(
            """
            INSERT INTO campaigns.campaign (account_id, campaign_id, account_name, name, channel, message, audience, state)
            VALUES (@AccountId, @id::uuid, @account, @name, 1, '{}', '{}', 1)
            """,
            WorldNames.Catalog().CampaignItems.Select(item => new { World.AccountId, account = Name, id = item.Id, name = item.Name }));
    }
}
