using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Work;

/// <summary>Finding 14: background work of one account kept the processors from the calls of all others.</summary>
public sealed class BackgroundPaceTests
{
    private static readonly TimeSpan s_piece = TimeSpan.FromMilliseconds(100);
    private readonly RestClock _time = new();
    private readonly RecentCallers _callers;
    private readonly BackgroundPace _pace;
    private TimeSpan _delay = TimeSpan.FromMilliseconds(0.3);
    private int _measured;

    public BackgroundPaceTests()
    {
        _callers = new(_time);
        _pace = new(_callers, Measure, _time);
    }

    [Fact]
    public async Task Without_other_callers_it_neither_rests_nor_asks_the_database()
    {
        _delay = TimeSpan.FromSeconds(1);
        _callers.Note(1);

        Assert.Equal(TimeSpan.Zero, await RestAsync());
        Assert.Equal(0, _measured);
    }

    [Fact]
    public async Task While_the_database_answers_in_time_it_does_not_rest()
    {
        _callers.Note(2);

        Assert.Equal(TimeSpan.Zero, await RestAsync());
        Assert.Equal(TimeSpan.Zero, await RestAsync());
    }

    [Fact]
    public async Task While_the_database_is_late_rests_grow_up_to_a_bound()
    {
        _callers.Note(2);
        await RestAsync();
        _delay = TimeSpan.FromMilliseconds(20);

        var rests = new List<TimeSpan>();
        for (var i = 0; i < 10; i++)
        {
            _callers.Note(2);
            rests.Add(await RestAsync());
        }

        Assert.Equal(rests.Order(), rests);
        Assert.Equal(s_piece, rests[0]);
        Assert.Equal(s_piece * BackgroundPace.MostRest, rests[^1]);
    }

    [Fact]
    public async Task A_rest_ends_after_two_seconds_however_long_the_piece_took()
    {
        _callers.Note(2);
        await RestAsync();
        _delay = TimeSpan.FromMilliseconds(20);

        Assert.Equal(TimeSpan.FromSeconds(2), await RestAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_database_that_is_far_away_is_not_late()
    {
        _callers.Note(2);
        _delay = TimeSpan.FromMilliseconds(30);

        Assert.Equal(TimeSpan.Zero, await RestAsync());
        _delay = TimeSpan.FromMilliseconds(31);
        Assert.Equal(TimeSpan.Zero, await RestAsync());
    }

    [Fact]
    public async Task Others_get_the_turn_while_work_rests()
    {
        var queue = new FairQueue(1, 1, TimeProvider.System);
        var turns = new BackgroundTurns(queue, _pace);
        _callers.Note(2);
        await RestAsync();
        _delay = TimeSpan.FromMilliseconds(20);

        var piece = turns.RunAsync(Account(1), async () => { await Task.Delay(20); return 7; }, default);
        await Eventually.HoldsAsync(() => _measured == 2);

        Assert.Equal(0, queue.Working);
        await Eventually.HoldsAsync(() => _time.Rest > TimeSpan.Zero);
        Assert.False(piece.IsCompleted);
        _time.Advance(_time.Rest);
        Assert.Equal(7, await piece);
    }

    private static AccountInfo Account(int id) => new(id, $"account-{id}", "UTC", 1);

    private Task<TimeSpan> Measure(CancellationToken ct)
    {
        Interlocked.Increment(ref _measured);
        return Task.FromResult(_delay);
    }

    // Returns how long it rested.
    private async Task<TimeSpan> RestAsync(TimeSpan? worked = null)
    {
        _time.Rest = TimeSpan.Zero;
        var rest = _pace.RestAsync(1, worked ?? s_piece, default);
        _time.Advance(_time.Rest);
        await rest;
        return _time.Rest;
    }

    // Notes how long is waited.
    private sealed class RestClock : FakeTimeProvider
    {
        public TimeSpan Rest { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Rest = dueTime;
            return timer;
        }
    }
}
