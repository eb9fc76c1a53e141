using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Values;
using TagSegments.Testing.Histories.Writes;
using TagSegments.Testing.Oracle;

namespace TagSegments.Testing.Histories;

/// <summary>
/// One random history of an account: writes through the services, evaluations by two replicas, faults, restarts, retention, and a restored
/// database that goes on differently. Each answer is compared with what the oracle says of the model.
/// </summary>
internal sealed partial class History : IAsyncDisposable
{
    private const int Steps = 26;
    private const int Favourites = 3;

    private readonly HistoryRig _rig;
    private readonly Protocol _protocol;
    private readonly HistoryTally _tally;
    private readonly int _seed;
    private readonly Random _random;
    private readonly int _accountId;
    private readonly HistoryWrites _writes;
    private readonly RedisFaults _faults;
    private readonly HistoryTime _time = new();
    private readonly HistoryNode[] _nodes;
    private readonly List<Filter> _favourites = [];
    private HistoryModel _model;
    private HistoryModel? _backup;

    private History(HistoryRig rig, Protocol protocol, HistoryTally tally, int seed, Random random, (int Id, string Name, HistoryModel Model) account)
    {
        (_rig, _protocol, _tally, _seed, _random, _accountId, _model) = (rig, protocol, tally, seed, random, account.Id, account.Model);
        _writes = new HistoryWrites(rig.Apps, rig.Owner, account.Id, account.Name, random);
        _faults = new RedisFaults(rig.FaultyDatabase, account.Id, protocol);
        _nodes = [NewNode(), NewNode()];
    }

    private int BackupId => -_accountId;

    /// <summary>Plays the history of a seed.</summary>
    public static async Task PlayAsync(HistoryRig rig, Protocol protocol, HistoryTally tally, int seed)
    {
        var random = new Random(seed);
        var account = await HistoryCalls.RepeatAsync(() => rig.Worlds.TakeAsync(random));
        await using var history = new History(rig, protocol, tally, seed, random, account);
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                await history.StepAsync();
            }

            tally.AddHistory();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"History {seed} broke off.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _nodes[0].DisposeAsync();
        await _nodes[1].DisposeAsync();
    }

    private Task StepAsync() => _random.Next(100) switch
    {
        < 38 => _writes.NextAsync(_model),
        < 68 => EvaluateAsync(_random.Next(2)),
        < 74 => AskAgainAsync(),
        < 82 => StrikeAsync(),
        < 86 => RestartAsync(_random.Next(2)),
        < 90 => RestoreOrPruneAsync(),
        < 92 => OverlapAsync(),
        < 94 => WriteDuringClockReadAsync(),
        < 96 => WriteDuringSharedSnapshotAsync(),
        < 98 => RunAheadAsync(),
        _ => CrossWritesAsync(),
    };

    private Task EvaluateAsync(int node) => EvaluateAsync(node, NextFilter());

    private async Task EvaluateAsync(int node, Filter filter, TimeSpan? ahead = null)
    {
        _time.Ahead = ahead ?? (_random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromHours(_random.Next(24 * 60)));
        var (now, answer) = await HistoryCalls.RepeatAsync(() => _nodes[node].EvaluateAsync(_accountId, filter));
        Compare(filter, now, answer, _model);
    }

    // The same filters come again and again: what is kept between evaluations is where they go wrong.
    private Filter NextFilter()
    {
        if (_favourites.Count == Favourites && _random.Next(4) > 0)
        {
            return _favourites[_random.Next(Favourites)];
        }

        var filters = new FilterGenerator(_random, _model.Catalog(_accountId), SystemClock.Instance.GetCurrentInstant());
        var filter = _random.Next(3) == 0 ? filters.Clause() : filters.Tree(3);
        if (_favourites.Count < Favourites)
        {
            _favourites.Add(filter);
        }

        return filter;
    }

    /// <summary>An answer may be that of any of some models, where a write was under way.</summary>
    private void Compare(Filter filter, DateTimeOffset now, IReadOnlyList<int> answer, params HistoryModel[] models)
    {
        _tally.AddEvaluation();
        var moment = Instant.FromDateTimeOffset(now);
        var truths = models.Select(model => model.Matching(filter, FilterValues.ToMicroseconds(moment))).ToList();
        if (!truths.Any(truth => truth.SequenceEqual(answer)))
        {
            _tally.Wrong.Enqueue(
                $"history {_seed}, account {_accountId}: {string.Join(',', answer)} instead of {string.Join(',', truths[^1])} at {moment} for {filter}");
        }
    }

    private async Task StrikeAsync() => _tally.AddFault(await _faults.StrikeAsync(_random));

    private async Task RestartAsync(int node)
    {
        await _nodes[node].DisposeAsync();
        _nodes[node] = NewNode();
        _tally.AddFault("replica restarted");
    }

    private HistoryNode NewNode() => new(_rig.Replicas, _rig.Redis, _protocol, _time);

    private Task RestoreOrPruneAsync() => _random.Next(4) switch
    {
        0 => PruneAsync(),
        1 => ForkAsync(),
        _ => _backup is null ? BackUpAsync() : RestoreAsync(),
    };

    private async Task PruneAsync()
    {
        await HistoryCalls.RepeatAsync(() => _rig.PruneAsync(_accountId));
        (_model, _backup) = (_model.WithoutTagHistory(), null);
        _tally.AddFault("log pruned");
    }

    private async Task BackUpAsync()
    {
        await HistoryCalls.RepeatAsync(() => _rig.CopyAsync(_accountId, BackupId));
        _backup = _model.Copy();
    }

    private async Task RestoreAsync()
    {
        await HistoryCalls.RepeatAsync(() => _rig.CopyAsync(BackupId, _accountId));
        _model = _backup!.Copy();
        _tally.AddFault("database restored");
    }
}
