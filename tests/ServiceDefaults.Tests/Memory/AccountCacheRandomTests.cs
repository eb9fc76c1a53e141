using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Testing;
using Xunit.Abstractions;

namespace TagSegments.ServiceDefaults.Tests.Memory;

/// <summary>Finding 18: random uses of caches with one budget, one after another against a model and many at a time.</summary>
public sealed class AccountCacheRandomTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Random_uses_leave_what_they_leave_in_a_plain_list()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        for (var round = 0; round < 100; round++)
        {
            Play(new Random(seed + round), $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public async Task Concurrent_uses_never_mix_up_values_or_sizes()
    {
        using var budget = new MemoryBudget(20_000, s_idle, _time);
        AccountCache<int, Weight>[] caches = [Cache(budget), Cache(budget)];

        using var start = new Barrier(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(() => Work(worker), TaskCreationOptions.LongRunning)));

        void Work(int worker)
        {
            start.SignalAndWait();
            var random = new Random(worker);
            for (var i = 0; i < 20_000; i++)
            {
                var (cache, key) = (caches[random.Next(2)], random.Next(60));
                Weight? value = null;
                switch (random.Next(5))
                {
                    case 0:
                        cache.Set(key, new Weight($"{key}", random.Next(2_000)));
                        break;
                    case 1:
                        cache.TryTake(key, out value);
                        break;
                    case 2:
                        value = cache.GetOrAdd(key, made => new Weight($"{made}", random.Next(2_000)));
                        break;
                    default:
                        cache.TryGet(key, out value);
                        break;
                }

                Assert.Equal($"{key}", value?.Name ?? $"{key}");

                // The limit holds again before a use returns, so nobody ever sees it exceeded.
                Assert.InRange(budget.Bytes, 0, budget.Limit);
            }
        }

        var kept = caches.SelectMany(cache => Enumerable.Range(0, 60).Select(key => cache.TryTake(key, out var value) ? value : null)).OfType<Weight>().ToList();
        Assert.NotEmpty(kept);
        Assert.Equal((0, 0), (budget.Bytes, budget.Count));
    }

    private void Play(Random random, string what)
    {
        var limit = random.Next(1, 20) * 500L;
        var (model, now) = (new CacheModel(limit, s_idle), TimeSpan.Zero);
        using var budget = new MemoryBudget(limit, s_idle, _time);
        AccountCache<int, Weight>[] caches = [Cache(budget), Cache(budget), Cache(budget)];
        for (var step = 0; step < 300; step++)
        {
            var (cache, key, made) = (random.Next(3), random.Next(12), new Weight($"{step}", random.Next(1_500)));
            switch (random.Next(7))
            {
                case 0:
                    caches[cache].Set(key, made);
                    model.Set(cache, key, made, now);
                    break;
                case 1:
                    if (model.Get(cache, key, now) is not { } known)
                    {
                        model.Set(cache, key, known = made, now);
                    }

                    Assert.Same(known, caches[cache].GetOrAdd(key, _ => made));
                    break;
                case 2:
                    caches[cache].TryTake(key, out var taken);
                    Assert.Same(model.Take(cache, key), taken);
                    break;
                case 3 when model.Entries.Count > 0:
                    model.Entries[random.Next(model.Entries.Count)].Value.Bytes = random.Next(1_500);
                    break;
                case 4:
                    var minutes = TimeSpan.FromMinutes(random.Next(5));
                    for (var minute = TimeSpan.Zero; minute < minutes; minute += TimeSpan.FromMinutes(1))
                    {
                        _time.Advance(TimeSpan.FromMinutes(1));
                        model.DropIdle(now += TimeSpan.FromMinutes(1));
                    }

                    break;
                default:
                    caches[cache].TryGet(key, out var found);
                    Assert.Same(model.Get(cache, key, now), found);
                    break;
            }

            Assert.True((model.Bytes, model.Entries.Count) == (budget.Bytes, budget.Count), $"{what}, step {step}: {model.Bytes} and {budget.Bytes} bytes");
            Assert.True(budget.Bytes <= limit || budget.Count == 1, $"{what}, step {step}: {budget.Bytes} bytes in {budget.Count} entries, {limit} allowed");
        }

        foreach (var entry in model.Entries)
        {
            Assert.True(caches[entry.Cache].TryTake(entry.Key, out var value) && value == entry.Value, what);
        }
    }

    private static AccountCache<int, Weight> Cache(MemoryBudget budget) => new(budget, "test", (_, value) => value.Bytes);
}
