using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.ServiceDefaults.Tests.Memory;

/// <summary>Finding 18: memory without bound per account.</summary>
public sealed class AccountCacheTests : IDisposable
{
    private const long Entry = AccountCache<int, Weight>.EntryBytes;
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);
    private readonly FakeTimeProvider _time = new();
    private readonly List<MemoryBudget> _budgets = [];

    [Fact]
    public void The_entry_that_was_used_the_longest_time_ago_goes_first()
    {
        var cache = Cache(Budget(3 * (100 + Entry)));
        Fill(cache, 1, 2, 3);
        Assert.True(cache.TryGet(1, out _));

        Fill(cache, 4);

        Assert.Equal([1, 3, 4], Left(cache, 1, 2, 3, 4));
    }

    [Fact]
    public void One_cache_takes_the_place_of_another()
    {
        var budget = Budget(3 * (100 + Entry));
        var (first, second) = (Cache(budget), Cache(budget));
        Fill(first, 1, 2, 3);

        Fill(second, 1, 2);

        Assert.Equal([3], Left(first, 1, 2, 3));
        Assert.Equal([1, 2], Left(second, 1, 2));
    }

    [Fact]
    public void An_entry_that_is_too_large_is_alone()
    {
        var budget = Budget(1_000);
        var cache = Cache(budget);
        Fill(cache, 1, 2);

        cache.Set(3, new Weight("3", 5_000));

        Assert.Equal([3], Left(cache, 1, 2, 3));
        Assert.Equal(5_000 + Entry, budget.Bytes);
    }

    [Fact]
    public void An_entry_that_grew_is_weighed_when_it_is_used()
    {
        var budget = Budget(2 * (100 + Entry));
        var cache = Cache(budget);
        Fill(cache, 1, 2);
        cache.TryGet(2, out var value);

        value!.Bytes = 101;
        cache.Set(2, value);

        Assert.Equal([2], Left(cache, 1, 2));
        Assert.Equal(101 + Entry, budget.Bytes);
    }

    [Fact]
    public void An_entry_that_nobody_uses_goes_after_some_minutes()
    {
        var budget = Budget(1_000_000);
        var cache = Cache(budget);
        Fill(cache, 1, 2);
        _time.Advance(s_idle);
        Assert.True(cache.TryGet(1, out _));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([1], Left(cache, 1, 2));
        _time.Advance(s_idle + TimeSpan.FromMinutes(1));
        Assert.Equal((0, 0), (budget.Bytes, budget.Count));
    }

    [Fact]
    public void A_value_is_made_once_as_long_as_it_is_kept()
    {
        var cache = Cache(Budget(1_000_000));

        var first = cache.GetOrAdd(1, _ => new Weight("first", 1));

        Assert.Same(first, cache.GetOrAdd(1, _ => new Weight("second", 1)));
        Assert.True(cache.TryTake(1, out var taken));
        Assert.Same(first, taken);
        Assert.Equal("third", cache.GetOrAdd(1, _ => new Weight("third", 1)).Name);
    }

    [Fact]
    public void An_entry_that_goes_while_it_is_used_takes_no_memory()
    {
        var budget = Budget(1_000_000);
        AccountCache<int, Weight> cache = null!;
        cache = new(budget, "test", (key, value) =>
        {
            cache.TryTake(key, out _);
            return value.Bytes;
        });

        cache.Set(1, new Weight("1", 100));

        Assert.Equal((0, 0), (budget.Bytes, budget.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_successor_of_an_entry_that_goes_while_it_is_used_stays(bool isEvicted)
    {
        var budget = Budget(3 * (100 + Entry));
        var successor = new Weight("successor", 100);
        AccountCache<int, Weight> cache = null!;
        var goes = false;
        cache = new(budget, "test", (key, value) =>
        {
            if (goes)
            {
                goes = false;
                Go(key);
            }

            return value.Bytes;
        });
        cache.Set(1, new Weight("first", 100));
        goes = true;

        // The use that is under way continues with the value that it found; all later ones have the successor.
        Assert.True(cache.TryGet(1, out var used));
        Assert.Equal("first", used.Name);
        Assert.True(cache.TryGet(1, out var now));
        Assert.Same(successor, now);
        Assert.Equal((isEvicted ? 3 : 1, (isEvicted ? 3 : 1) * (100 + Entry)), (budget.Count, budget.Bytes));

        void Go(int key)
        {
            if (isEvicted)
            {
                Fill(cache, 2, 3, 4);
            }
            else
            {
                cache.TryTake(key, out _);
            }

            Assert.False(cache.TryGet(key, out _));
            cache.Set(key, successor);
        }
    }

    [Fact]
    public void The_budget_can_be_configured()
    {
        var settings = new Dictionary<string, string?> { ["Memory:CacheMegabytes"] = "3", ["Memory:IdleMinutes"] = "0.5" };
        using var budget = MemoryBudget.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), _time);
        Fill(Cache(budget), 1);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((3 * 1024 * 1024, 0), (budget.Limit, budget.Count));
    }

    [Fact]
    public void Without_configuration_it_is_a_part_of_the_memory_of_the_container()
    {
        using var budget = MemoryBudget.From(new ConfigurationBuilder().Build(), _time);

        Assert.InRange(budget.Limit, 1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
    }

    public void Dispose() => _budgets.ForEach(budget => budget.Dispose());

    private MemoryBudget Budget(long limit)
    {
        _budgets.Add(new MemoryBudget(limit, s_idle, _time));
        return _budgets[^1];
    }

    private static AccountCache<int, Weight> Cache(MemoryBudget budget) => new(budget, "test", (_, value) => value.Bytes);

    private static void Fill(AccountCache<int, Weight> cache, params int[] keys)
    {
        foreach (var key in keys)
        {
            cache.Set(key, new Weight($"{key}", 100));
        }
    }

    private static int[] Left(AccountCache<int, Weight> cache, params int[] keys) => [.. keys.Where(key => cache.TryGet(key, out _))];
}
