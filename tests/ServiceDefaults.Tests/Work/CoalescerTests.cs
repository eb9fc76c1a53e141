using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Tests.Work;

public sealed class CoalescerTests
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_call_alone_is_answered_at_once()
    {
        await using var coalescer = Doubling();
        _gate.Open();

        Assert.Equal(14, await coalescer.RunAsync(new Call(7), CancellationToken.None));
        Assert.Equal([[7]], _gate.Rounds);
    }

    [Fact]
    public async Task Calls_that_arrive_during_a_round_share_the_next_one()
    {
        await using var coalescer = Doubling();
        Task<int>[] calls = [.. Enumerable.Range(1, 4).Select(number => coalescer.RunAsync(new Call(number), CancellationToken.None))];
        _gate.Open();

        var answers = await Task.WhenAll(calls);
        Assert.Equal([2, 4, 6, 8], answers);
        Assert.Equal([[1], [2, 3, 4]], _gate.Rounds);
    }

    [Fact]
    public async Task A_round_holds_no_more_calls_than_it_may()
    {
        await using var coalescer = Doubling(maxCalls: 2);
        Task<int>[] calls = [.. Enumerable.Range(1, 6).Select(number => coalescer.RunAsync(new Call(number), CancellationToken.None))];
        _gate.Open();

        await Task.WhenAll(calls);
        Assert.Equal([[1], [2, 3], [4, 5], [6]], _gate.Rounds);
    }

    [Fact]
    public async Task Calls_that_cannot_share_a_round_follow_each_other()
    {
        await using var coalescer = new Coalescer<Call, int>(
            DoubleAsync, 10, (waiting, _) => ([.. waiting.DistinctBy(call => call.Number % 2)], [.. waiting.Except(waiting.DistinctBy(call => call.Number % 2))]));
        Task<int>[] calls = [.. Enumerable.Range(1, 5).Select(number => coalescer.RunAsync(new Call(number), CancellationToken.None))];
        _gate.Open();

        await Task.WhenAll(calls);
        Assert.Equal([[1], [2, 3], [4, 5]], _gate.Rounds);
    }

    [Fact]
    public async Task A_round_that_throws_fails_all_its_calls_and_the_next_one_runs()
    {
        await using var coalescer = new Coalescer<Call, int>(calls => _gate.PassAsync(calls) switch
        {
            var passed when calls[0].Number == 2 => throw new InvalidOperationException("round of 2"),
            var passed => CompleteAsync(passed, calls),
        }, maxCalls: 2);
        Task<int>[] calls = [.. Enumerable.Range(1, 4).Select(number => coalescer.RunAsync(new Call(number), CancellationToken.None))];
        _gate.Open();

        Assert.Equal(2, await calls[0]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => calls[1]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => calls[2]);
        Assert.Equal(8, await calls[3]);
    }

    [Fact]
    public async Task A_call_may_fail_alone()
    {
        await using var coalescer = new Coalescer<Call, int>(async calls =>
        {
            await _gate.PassAsync(calls);
            foreach (var call in calls.Where(call => call.Number == 3))
            {
                call.Fail(new InvalidOperationException("3"));
            }

            await CompleteAsync(Task.CompletedTask, calls);
        });
        Task<int>[] calls = [.. Enumerable.Range(1, 4).Select(number => coalescer.RunAsync(new Call(number), CancellationToken.None))];
        _gate.Open();

        await Assert.ThrowsAsync<InvalidOperationException>(() => calls[2]);
        var answers = await Task.WhenAll(calls[0], calls[1], calls[3]);
        Assert.Equal([2, 4, 8], answers);
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_stop_the_others()
    {
        await using var coalescer = Doubling();
        using var leaving = new CancellationTokenSource();
        var first = coalescer.RunAsync(new Call(1), CancellationToken.None);
        var gone = coalescer.RunAsync(new Call(2), leaving.Token);
        var stays = coalescer.RunAsync(new Call(3), CancellationToken.None);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        _gate.Open();
        var answers = await Task.WhenAll(first, stays);
        Assert.Equal([2, 6], answers);
    }

    [Fact]
    public async Task A_caller_that_works_for_others_goes_away_without_waiting_and_the_round_goes_on()
    {
        await using var coalescer = Doubling();
        using var leaving = new CancellationTokenSource();
        var works = new Call(1);
        var gone = coalescer.RunAsync(works, leaving.Token);
        var stays = coalescer.RunAsync(new Call(2), CancellationToken.None);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.False(works.Answer.IsCompleted);
        _gate.Open();
        Assert.Equal(2, await works.Answer);
        Assert.Equal(4, await stays);
    }

    [Fact]
    public async Task It_ends_after_the_calls_that_wait()
    {
        var coalescer = Doubling();
        var first = coalescer.RunAsync(new Call(1), CancellationToken.None);
        var second = coalescer.RunAsync(new Call(2), CancellationToken.None);
        var end = coalescer.DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);
        _gate.Open();

        await end;
        Assert.Equal(2, await first);
        Assert.Equal(4, await second);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => coalescer.RunAsync(new Call(3), CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_call_of_a_crowd_is_answered_once(bool gathersCalls)
    {
        await using var coalescer = new Coalescer<Call, int>(DoubleAsync, maxCalls: 50) { GathersCalls = gathersCalls };
        _gate.Open();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5_000).Select(
            number => Task.Run(() => coalescer.RunAsync(new Call(number), CancellationToken.None))));

        Assert.Equal(Enumerable.Range(0, 5_000).Select(number => 2 * number), answers);
        Assert.Equal(Enumerable.Range(0, 5_000), _gate.Rounds.SelectMany(round => round).Order());
        Assert.All(_gate.Rounds, round => Assert.InRange(round.Length, 1, 50));
    }

    private Coalescer<Call, int> Doubling(int maxCalls = int.MaxValue) => new(DoubleAsync, maxCalls);

    private Task DoubleAsync(IReadOnlyList<Call> calls) => CompleteAsync(_gate.PassAsync(calls), calls);

    private static async Task CompleteAsync(Task passed, IReadOnlyList<Call> calls)
    {
        await passed;
        foreach (var call in calls)
        {
            call.Complete(2 * call.Number);
        }
    }

    private sealed class Call(int number) : PendingCall<int>
    {
        public int Number { get; } = number;
    }

    // Notes the rounds, and holds them up until it is opened.
    private sealed class Gate
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<int[]> Rounds { get; } = [];

        public void Open() => _open.SetResult();

        public async Task PassAsync(IReadOnlyList<Call> calls)
        {
            Rounds.Add([.. calls.Select(call => call.Number)]);
            await _open.Task;
        }
    }
}
