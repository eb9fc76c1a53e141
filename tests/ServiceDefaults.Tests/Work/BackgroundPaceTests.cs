using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Work;

/// <summary>Finding 14: background work of one account kept the processors from the calls of all others.</summary>
public sealed class BackgroundPaceTests : ISharedDatabase, IDisposable
{
    private static readonly TimeSpan s_piece = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);
    private readonly RestClock _time = new();
    private readonly RecentCallers _callers;
    private readonly BackgroundPace _pace;
    private TimeSpan _delay = TimeSpan.FromMilliseconds(0.3);
    private int _measured;
    private int _inSlot;

    public BackgroundPaceTests()
    {
        _callers = new(_time);
        _pace = new(_callers, this, _time);
    }

    public void Dispose() => _pace.Dispose();

    public Task<TimeSpan> MeasureAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _measured);
        return Task.FromResult(_delay);
    }

    public Task<IAsyncDisposable> EnterAsync(TimeSpan patience, CancellationToken ct)
    {
        Interlocked.Increment(ref _inSlot);
        return Task.FromResult<IAsyncDisposable>(new Slot(this));
    }

    [Fact]
    public async Task Without_other_callers_it_neither_rests_nor_asks_the_database()
    {
        _delay = TimeSpan.FromSeconds(1);
        _callers.Note(1);

        Assert.Equal(TimeSpan.Zero, await RunAsync(s_piece));
        Assert.Equal(0, _measured);
        Assert.False(_pace.GivesWay(1));
    }

    [Fact]
    public async Task While_the_database_answers_in_time_it_does_not_rest()
    {
        await MeasureAsync(10);

        Assert.Equal(TimeSpan.Zero, await RunAsync(s_piece));
        Assert.False(_pace.GivesWay(1));
    }

    [Fact]
    public async Task While_the_database_is_late_rests_grow_up_to_a_bound()
    {
        await MeasureAsync(2);
        _delay = TimeSpan.FromMilliseconds(20);
        await MeasureAsync(1);
        var first = await RunAsync(s_piece);
        await MeasureAsync(20);
        var last = await RunAsync(s_piece);

        Assert.InRange(first, s_piece * 0.9, s_piece * (BackgroundPace.MostRest - 1));
        Assert.Equal(s_piece * BackgroundPace.MostRest, last);
        Assert.True(_pace.GivesWay(1));
    }

    [Fact]
    public async Task It_works_at_full_speed_again_when_the_database_is_in_time_or_nobody_else_calls()
    {
        await BeLateAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(_pace.GivesWay(1));

        await BeLateAsync();
        Assert.True(_pace.GivesWay(1));
        _delay = TimeSpan.FromMilliseconds(0.3);
        await MeasureAsync(500);
        Assert.False(_pace.GivesWay(1));
    }

    [Fact]
    public async Task A_rest_ends_after_two_seconds_however_long_the_piece_took()
    {
        await BeLateAsync();

        Assert.Equal(TimeSpan.FromSeconds(2), await RunAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_database_that_is_far_away_is_not_late()
    {
        _delay = TimeSpan.FromMilliseconds(30);
        await MeasureAsync(2);
        _delay = TimeSpan.FromMilliseconds(31);
        await MeasureAsync(5);

        Assert.False(_pace.GivesWay(1));
    }

    [Fact]
    public async Task Pieces_that_give_way_run_one_at_a_time()
    {
        await BeLateAsync();
        var (first, begun, second) = (new TaskCompletionSource<int>(), 0, new TaskCompletionSource<int>());
        var one = _pace.RunAsync(1, () => first.Task, default);
        var two = _pace.RunAsync(1, () => { Interlocked.Increment(ref begun); return second.Task; }, default);

        _time.Advance(s_piece);
        first.SetResult(1);
        await Eventually.HoldsAsync(() => !_time.Rests.IsEmpty);
        Assert.Equal(0, begun);
        Assert.Equal(0, _inSlot);

        _time.Advance(_time.Rests.Last());
        Assert.Equal(1, await one);
        await Eventually.HoldsAsync(() => begun == 1);
        Assert.Equal(1, _inSlot);
        second.SetResult(2);
        Assert.Equal(2, await two);
    }

    [Fact]
    public async Task Others_get_the_turn_while_work_rests()
    {
        var queue = new FairQueue(1, 1, TimeProvider.System);
        var turns = new BackgroundTurns(queue, _pace);
        await BeLateAsync();

        var piece = turns.RunAsync(
            new AccountInfo(1, "account-1", "UTC", 1),
            () => { _time.Advance(s_piece); return Task.FromResult(7); },
            default);
        await Eventually.HoldsAsync(() => !_time.Rests.IsEmpty);

        Assert.Equal(0, queue.Working);
        Assert.False(piece.IsCompleted);
        _time.Advance(_time.Rests.Last());
        Assert.Equal(7, await piece);
    }

    private async Task BeLateAsync()
    {
        _delay = TimeSpan.FromMilliseconds(0.3);
        await MeasureAsync(2);
        _delay = TimeSpan.FromMilliseconds(20);
        await MeasureAsync(20);
        _time.Rests.Clear();
    }

    // Lets it measure so often, beside another caller. It measures as long as there is work.
    private async Task MeasureAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _callers.Note(2);
            var piece = _pace.RunAsync(1, () => Task.FromResult(0), default);
            var before = Volatile.Read(ref _measured);
            await Eventually.HoldsAsync(() =>
            {
                // However often this looks, the other caller is not gone.
                _callers.Note(2);
                _time.Advance(s_interval);
                return Volatile.Read(ref _measured) > before;
            });
            _callers.Note(2);
            await piece;
        }

        _time.Rests.Clear();
    }

    // Runs a piece that takes so much time, lets the time of its rest pass, and returns the latter.
    private async Task<TimeSpan> RunAsync(TimeSpan worked)
    {
        _time.Rests.Clear();
        _callers.Note(_callers.AreOthers(1) ? 2 : 1);
        var piece = _pace.RunAsync(
            1,
            () =>
            {
                _time.Advance(worked);
                return Task.FromResult(0);
            },
            default);
        await Eventually.HoldsAsync(() => piece.IsCompleted || !_time.Rests.IsEmpty);
        var rest = _time.Rests.LastOrDefault();
        _time.Advance(rest);
        await piece;
        return rest;
    }

    // Notes how long is waited, but for the time until the next measurement.
    private sealed class RestClock : FakeTimeProvider
    {
        public ConcurrentQueue<TimeSpan> Rests { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime != s_interval && dueTime > TimeSpan.Zero)
            {
                Rests.Enqueue(dueTime);
            }

            return timer;
        }
    }

    // Held until it is left.
    private sealed class Slot(BackgroundPaceTests tests) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref tests._inSlot);
            return ValueTask.CompletedTask;
        }
    }
}
