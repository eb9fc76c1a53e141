using Crm.Segments.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using NodaTime;
using Npgsql;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Text;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Explain;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;
using TagSegments.Segments.Tests.Explain;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;
using TagSegments.Testing.Histories;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Past;

/// <summary>
/// Random writes of every kind go through the real services, and the world is copied from time to time. In the end the answers as of these
/// instants must be those of the oracle about the copies, and wrong ways to look back must be noticed.
/// </summary>
public sealed class AsOfHistoryTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    private const int Writes = 120;
    private const int Moments = 12;
    private const int FiltersPerMoment = 25;

    // Each mutant changes the answer to one of these at some moment, whatever the random filters are.
    private static readonly string[] s_directed =
    [
        "everyone", "updated in last 1 minute", "has tag starting with \"Source: \" OR has tag starting with \"v\"",
        "opened email OR was sent email OR clicked email", "has opportunity (stage_since in last 1 minute)", "first_name = \"Rural\"",
        "never opened email AND never clicked email", "created this week OR created today",
    ];

    [Fact]
    public async Task Answers_about_the_past_are_those_given_then_and_wrong_ways_to_look_back_are_caught()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var histories = int.TryParse(Environment.GetEnvironmentVariable("AS_OF_HISTORIES"), out var number) ? number : 2;
        var missed = WrongHistory.All.ToHashSet();
        for (var i = 0; i < histories; i++)
        {
            await PlayAsync(unchecked(seed + i), missed);
        }

        Assert.True(missed.Count == 0, $"seed {seed}: not caught: {string.Join("; ", missed.Select(wrong => wrong.Name))}");
    }

    private async Task PlayAsync(int seed, HashSet<WrongHistory> missed)
    {
        var random = new Random(seed);
        var account = await PastAccount.NewAsync(shared.Apps);
        await using var connection = new NpgsqlConnection(shared.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        var accountId = await PrepareAsync(connection, account.Name);
        // The views show the owner, too, the rows of one account only.
        await connection.ExecuteAsync("SELECT set_config('tagsegments.account', @accountId::text, false)", new { accountId });
        var writes = new RandomWrites(account, random, SystemClock.Instance.GetCurrentInstant());
        await writes.CreateNamesAsync();
        var moments = new List<Moment>();
        for (var i = 1; i <= Writes; i++)
        {
            var write = await writes.WriteAsync();
            if (i % (Writes / Moments) == 0)
            {
                moments.Add(await CopyAsync(account, connection, accountId, write));
            }
        }

        await using var service = shared.Apps.Database.Of("segments");
        await using var redis = RedisConnection.Open(shared.Apps.RedisConnectionString);
        var wrongs = missed.ToDictionary(wrong => wrong, wrong => new HistoryNode(service, redis, history: wrong));
        foreach (var moment in moments)
        {
            foreach (var filter in Filters(moment, random))
            {
                await CompareAsync(account, moment, filter, seed, []);
                await CatchAsync(wrongs, moment, filter, missed);
            }
        }

        foreach (var node in wrongs.Values)
        {
            await node.DisposeAsync();
        }

        await ForgetAsync(account, writes, moments, random, seed);

        output.WriteLine($"seed {seed}: {moments.Count} instants, {moments[^1].World.Contacts.Count} contacts");
    }

    // Finding 10: nobody of those who were erased is in an answer, and all others are in it as before.
    private static async Task ForgetAsync(PastAccount account, RandomWrites writes, List<Moment> moments, Random random, int seed)
    {
        var erased = await writes.EraseAsync(3);
        foreach (var moment in moments)
        {
            foreach (var filter in Filters(moment, random))
            {
                await CompareAsync(account, moment, filter, seed, erased);
            }
        }
    }

    private static async Task CompareAsync(PastAccount account, Moment moment, Filter filter, int seed, HashSet<int> erased)
    {
        var source = new FilterSource { Filter = filter };
        int[] expected = [.. moment.Matches(filter).Where(contactId => !erased.Contains(contactId))];
        var list = await account.Apps.Segments.ListMatchesAsync(
            new ListMatchesRequest { Account = account.Name, Source = source, AsOf = moment.AsOf, PageSize = 1_000 });
        Assert.True(
            expected.SequenceEqual(list.ContactIds),
            $"""
            seed {seed}, as of {moment.AsOf} after {moment.LastWrite}: {FilterPrinter.Print(filter, moment.Catalog)}
            only then: {string.Join(",", expected.Except(list.ContactIds))}
            only now: {string.Join(",", list.ContactIds.Except(expected))}
            """);
        Assert.Equal(moment.World.Contacts.Count(known => erased.Contains(known.Id)), list.ErasedContacts);

        var others = moment.World.Contacts.Where(known => !erased.Contains(known.Id)).ToList();
        var contact = others[expected.Length * 7 % others.Count];
        var explained = await account.Apps.Segments.ExplainContactAsync(
            new ExplainContactRequest { Account = account.Name, Source = source, ContactId = contact.Id, AsOf = moment.AsOf });
        var said = NaiveEvidence.Given(explained.Explanation);
        var known = moment.Evidence.Expected(filter, contact);
        Assert.True(
            known.SequenceEqual(said),
            $"""
            seed {seed}, as of {moment.AsOf} after {moment.LastWrite}, contact {contact.Id}: {JsonFormatter.Default.Format(explained)}
            {string.Join('\n', known)}
            """);
    }

    private static async Task CatchAsync(
        Dictionary<WrongHistory, HistoryNode> wrongs, Moment moment, Filter filter, HashSet<WrongHistory> missed)
    {
        foreach (var wrong in missed.ToList())
        {
            try
            {
                var (_, contacts) = await wrongs[wrong].EvaluateAsync(moment.World.AccountId, filter, moment.AsOf);
                if (!moment.Matches(filter).SequenceEqual(contacts))
                {
                    missed.Remove(wrong);
                }
            }
            catch (RpcException)
            {
                missed.Remove(wrong);
            }
        }
    }

    private static IEnumerable<Filter> Filters(Moment moment, Random random)
    {
        var generator = new FilterGenerator(random, moment.Catalog, Instant.FromDateTimeOffset(moment.AsOf.ToDateTimeOffset()));
        var filters = s_directed.Select(text => FilterParser.Parse(text, moment.Catalog)).ToList();
        while (filters.Count < FiltersPerMoment)
        {
            // A filter about a thing that was deleted then cannot be evaluated.
            if (generator.Tree() is var filter && FilterValidator.Validate(filter, moment.Catalog) is { Violations.Count: 0, Missing.Count: 0 })
            {
                filters.Add(filter);
            }
        }

        return filters;
    }

    private static async Task<Moment> CopyAsync(PastAccount account, NpgsqlConnection connection, int accountId, string write)
    {
        var asOf = await account.InstantAsync();
        var catalog = await FilterCatalogStore.LoadAsync(connection, accountId, FilterSources.Present, CancellationToken.None);
        return new Moment(asOf, await new WorldReader(connection, accountId).ReadAsync(catalog), catalog, write);
    }

    // Segments and campaigns with the numbers that the generator of filters uses; contacts on both sides of a border between chunks.
    private static async Task<int> PrepareAsync(NpgsqlConnection connection, string account)
    {
        var accountId = await connection.ExecuteScalarAsync<int>("SELECT account_id FROM crm.account WHERE name = @account", new { account });
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.id_block (account_id, kind, next_id) VALUES (@accountId, 'contact', 16375);
            INSERT INTO segments.segment (account_id, segment_id, name, filter, created_at, updated_at)
            SELECT @accountId, id::uuid, id, filter::jsonb, now(), now() FROM unnest(@ids, @filters) AS s (id, filter);
            INSERT INTO campaigns.campaign (account_id, campaign_id, account_name, name, channel, message, audience, state)
            SELECT @accountId, id::uuid, @account, id, 1, '{}', '{}', 1 FROM unnest(@campaigns) AS id
            """,
            new
            {
                accountId,
                account,
                ids = Moment.Segments.Keys.ToArray(),
                filters = Moment.Segments.Values.Select(filter => JsonFormatter.Default.Format(filter)).ToArray(),
                campaigns = new[] { WorldNames.Spring, WorldNames.Autumn },
            });
        return accountId;
    }

    /// <summary>An instant, the state of the account then, and the write before it.</summary>
    private sealed record Moment(Timestamp AsOf, World World, FilterCatalog Catalog, string LastWrite)
    {
        public static readonly Dictionary<string, Filter> Segments = new()
        {
            [WorldNames.Engaged] = FilterParser.Parse("opened email OR subscribed to email", WorldNames.Catalog()),
            [WorldNames.Buyers] = FilterParser.Parse("has opportunity (amount > 100) OR in segment \"Engaged\"", WorldNames.Catalog()),
        };

        public NaiveEvidence Evidence => new(World, Now, Segments.GetValueOrDefault);

        private Instant Now => Instant.FromDateTimeOffset(AsOf.ToDateTimeOffset());

        public int[] Matches(Filter filter)
        {
            var oracle = new FilterOracle(World, Now, Segments.GetValueOrDefault);
            return [.. World.Contacts.Where(contact => oracle.Matches(filter, contact)).Select(contact => contact.Id)];
        }
    }
}
