using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Index;
using TagSegments.Segments.Past;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.Testing.Histories;

/// <summary>The engine of one replica of the segment service: several share a database and a Redis, as several processes would.</summary>
internal sealed class HistoryNode : IAsyncDisposable
{
    // Accounts of histories are small: what makes a difference for large ones has to begin early.
    private static readonly LeafQueryLimits s_limits = new(Few: 8, VeryFew: 2, MostChanged: 12);

    public HistoryNode(ServiceDatabases db, RedisConnection redis, Protocol? protocol = null, TimeProvider? time = null, PastHistory? history = null)
    {
        protocol ??= Protocol.Right;
        var metrics = new IndexMetrics();
        Cache = protocol.Cache?.Invoke(redis, metrics) ?? new HistoryCache(redis, metrics);
        Clocks = new HistoryClocks(db.Work, protocol.SharesClockReads);
        var loader = protocol.Loader?.Invoke(Cache, metrics) ?? new TagLoader(Cache, metrics, NullLogger<TagLoader>.Instance);
        Memory = new HistoryMemory(protocol.IsShortOfMemory);
        Indexes = new HistoryIndexes(db.Accounts, Clocks, Cache, loader, metrics, Memory.Budget, protocol.ReadsRedisLate);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Segments:ShadowShare"] = "0" })
            .Build();
        var shadow = new ShadowCheck(configuration, metrics, NullLogger<ShadowCheck>.Instance);
        var clock = time ?? TimeProvider.System;
        var answers = new AnswerStore(Memory.Budget, protocol.Answers?.Invoke(s_limits) ?? new AnswerLoader(s_limits));
        var moments = new Moments(Indexes, history ?? new PastHistory(clock), new FairQueue(100, 99, TimeProvider.System), new RecentCallers(clock), clock);
        Shared = new HistoryEvaluations(moments, answers, protocol.SharesSnapshots);
        Evaluator = new Evaluator(Indexes, moments, Shared, answers, shadow, clock);
    }

    public HistoryMemory Memory { get; }

    public HistoryCache Cache { get; }

    public HistoryClocks Clocks { get; }

    public HistoryIndexes Indexes { get; }

    public HistoryEvaluations Shared { get; }

    public Evaluator Evaluator { get; }

    /// <summary>Evaluates a filter; tells at which moment, and who matches.</summary>
    public async Task<(DateTimeOffset Now, IReadOnlyList<int> Contacts)> EvaluateAsync(int accountId, Filter filter, Timestamp? asOf = null)
    {
        var request = new EvaluationRequest(new RequestedFilter(new FilterSource { Filter = filter }));
        var matches = (await Evaluator.EvaluateAsync(new AccountInfo(accountId, "", "UTC", 1), request, asOf, CancellationToken.None))[0];
        var contacts = matches.ToBitmap();
        return contacts.Count == matches.Count()
            ? (matches.Now, [.. contacts.After(-1)])
            : throw new InvalidOperationException($"{matches.Count()} counted, {contacts.Count} found.");
    }

    /// <summary>Finds who matches a filter.</summary>
    public async Task<IReadOnlyList<int>> FindAsync(int accountId, Filter filter) => (await EvaluateAsync(accountId, filter)).Contacts;

    public async ValueTask DisposeAsync()
    {
        await Shared.DisposeAsync();
        await Cache.WrittenAsync();
        await Clocks.DisposeAsync();
        await Memory.DisposeAsync();
    }
}
