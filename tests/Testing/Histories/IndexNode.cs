using Crm.Segments.V1;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults;

namespace TagSegments.Testing.Histories;

/// <summary>One replica's tag index: several of them share a database and a Redis, as several processes would.</summary>
internal sealed class IndexNode : IAsyncDisposable
{
    private readonly RedisConnection _redis;
    private readonly TagEntryCache _cache;
    private readonly ClockReader _clocks;

    public IndexNode(NpgsqlDataSource db, string redis, Protocol? protocol = null, TimeProvider? time = null)
    {
        protocol ??= new Protocol();
        var metrics = new IndexMetrics();
        _redis = RedisConnection.Open(redis);
        _cache = new TagEntryCache(_redis, metrics, NullLogger<TagEntryCache>.Instance);
        _clocks = protocol.Clocks?.Invoke(db) ?? new ClockReader(db);
        var loader = protocol.Loader?.Invoke(_cache, metrics) ?? new TagLoader(_cache, metrics, NullLogger<TagLoader>.Instance);
        Indexes = protocol.Indexes?.Invoke(db, _clocks, _cache, loader, metrics) ?? new AccountIndexes(db, _clocks, _cache, loader, metrics);
        var shadow = new ShadowCheck(
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Segments:ShadowShare"] = "0" }).Build(),
            metrics,
            NullLogger<ShadowCheck>.Instance);
        Evaluator = new Evaluator(Indexes, shadow, time ?? TimeProvider.System);
        _ = _cache.StartAsync(CancellationToken.None);
    }

    public AccountIndexes Indexes { get; }

    public Evaluator Evaluator { get; }

    public async Task<IReadOnlyList<int>> EvaluateAsync(int accountId, Filter filter)
    {
        var evaluation = await Evaluator.EvaluateAsync(accountId, _ => filter, CancellationToken.None);
        var contacts = evaluation.ToBitmap();
        Xunit.Assert.Equal(contacts.Count, evaluation.Count());
        return [.. contacts.After(-1)];
    }

    public async ValueTask DisposeAsync()
    {
        await _cache.StopAsync(CancellationToken.None);
        await _clocks.DisposeAsync();
        await _redis.DisposeAsync();
    }
}

/// <summary>Where a replica departs from the protocol: the variants that the tests must catch.</summary>
internal sealed record Protocol
{
    public Func<NpgsqlDataSource, ClockReader>? Clocks { get; init; }

    public Func<TagEntryCache, IndexMetrics, TagLoader>? Loader { get; init; }

    public Func<NpgsqlDataSource, ClockReader, TagEntryCache, TagLoader, IndexMetrics, AccountIndexes>? Indexes { get; init; }
}
