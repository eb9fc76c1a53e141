using Crm.Segments.V1;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Evaluation;

/// <summary>Random activity, evaluated from columns in memory by two replicas, against SQL on the events themselves.</summary>
public sealed class ActivityHistoryTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly int[] s_contacts = [1, 2, 3, 63, 64, 65, 16_383, 16_384, 16_385, 40_000];
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);
    private readonly NpgsqlDataSource _service = NpgsqlDataSource.Create(shared.Apps.Database.RoleConnectionString("segments"));

    [Fact]
    public async Task No_history_gives_a_wrong_answer()
    {
        for (var seed = 1; seed <= 25; seed++)
        {
            await PlayAsync(seed);
        }
    }

    [Fact]
    public async Task What_was_recorded_a_moment_ago_counts()
    {
        var account = await TestAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(s_contacts);
        await using var node = new IndexNode(_service, shared.Apps.RedisConnectionString);
        for (var i = 0; i < s_contacts.Length; i++)
        {
            await account.RecordAsync((s_contacts[i], 3, DateTimeOffset.UtcNow));

            Assert.Equal(s_contacts[..(i + 1)], await node.EvaluateAsync(account.Id, Opened(new TimeWindow { Last = Days(7) })));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _service.DisposeAsync();
    }

    private async Task PlayAsync(int seed)
    {
        var random = new Random(seed);
        var account = await TestAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(s_contacts);
        await account.TagAsync(await account.CreateTagAsync("A"), 1, 64, 16_384);
        var time = new FakeTimeProvider(s_now);
        await using var first = new IndexNode(_service, shared.Apps.RedisConnectionString, time: time);
        await using var second = new IndexNode(_service, shared.Apps.RedisConnectionString, time: time);
        var backedUp = false;
        for (var step = 0; step < 40; step++)
        {
            switch (random.Next(10))
            {
                case < 4:
                    await account.RecordAsync([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Event(random, seed))]);
                    break;
                case 4 when backedUp && random.Next(2) == 0:
                    await account.RestoreAsync();
                    break;
                case 4 when random.Next(2) == 0:
                    await account.BackUpAsync();
                    backedUp = true;
                    break;
                case 4:
                    await account.PruneAsync();
                    backedUp = false;
                    break;
                default:
                    await CompareAsync(account, random.Next(2) == 0 ? first : second, RandomFilter(random));
                    break;
            }
        }
    }

    private static async Task CompareAsync(TestAccount account, IndexNode node, Filter filter)
    {
        var answer = await node.EvaluateAsync(account.Id, filter);
        var (snapshot, state) = await node.Indexes.OpenAsync(account.Id, Missing.Nothing, CancellationToken.None);
        await using (snapshot)
        {
            var bySql = await SqlEvaluator.FindAsync(
                snapshot, filter, new FilterContext(state.Catalog, s_now), null, CancellationToken.None);
            Assert.Equal(bySql.After(-1), answer);
        }
    }

    // Some histories have events that lie in the future, some have events right now.
    private static (int ContactId, int Kind, DateTimeOffset At) Event(Random random, int seed)
    {
        int[] kinds = [1, 3, 4];
        var ago = random.Next(8) == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(random.Next(seed % 5 == 0 ? -500 : 1, 20 * 24 * 60));
        return (s_contacts[random.Next(s_contacts.Length)], kinds[random.Next(3)], s_now - ago);
    }

    private static Filter RandomFilter(Random random)
    {
        var clause = Opened(random.Next(6) switch
        {
            0 => null,
            1 => new TimeWindow { Last = Days(random.Next(1, 20)) },
            2 => new TimeWindow { BeforeLast = Days(random.Next(1, 20)) },
            3 => new TimeWindow { Calendar = new CalendarWindow { Unit = TimeUnit.Day, First = -random.Next(4), Count = random.Next(1, 6) } },
            4 => new TimeWindow { Fixed = new FixedWindow { From = "2026-11-10" } },
            _ => new TimeWindow { Last = new Period { Count = random.Next(1, 900), Unit = TimeUnit.Hour } },
        });
        clause.Activity.Kind = random.Next(3) == 0 ? ActivityClause.Types.Kind.Sent : ActivityClause.Types.Kind.Opened;
        clause.Activity.Quantity = random.Next(4) switch
        {
            0 => new Quantity { AtMost = 0 },
            1 => new Quantity { AtLeast = random.Next(1, 3) },
            _ => null,
        };
        var tag = new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { 1 } } };
        return random.Next(4) switch
        {
            0 => clause,
            1 => new Filter { Negated = clause },
            2 => new Filter { AllOf = new FilterGroup { Filters = { tag, clause } } },
            _ => new Filter { AnyOf = new FilterGroup { Filters = { tag, new Filter { Negated = clause } } } },
        };
    }

    private static Filter Opened(TimeWindow? window) => new()
    {
        Activity = new ActivityClause { Kind = ActivityClause.Types.Kind.Opened, Window = window },
    };

    private static Period Days(int count) => new() { Count = count, Unit = TimeUnit.Day };
}
