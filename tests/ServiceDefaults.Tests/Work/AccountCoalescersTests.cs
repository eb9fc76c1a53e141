using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Work;

/// <summary>Finding 18: the queue of an account exists only while a call waits in it.</summary>
public sealed class AccountCoalescersTests
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(int AccountId, int[] Numbers)> _rounds = [];

    [Fact]
    public async Task An_account_costs_nothing_when_its_calls_are_answered()
    {
        var accounts = Accounts();
        var calls = Enumerable.Range(1, 100).Select(number => accounts.RunAsync(number, new Call(number), CancellationToken.None)).ToList();
        Assert.Equal(100, accounts.Count);
        _open.SetResult();

        Assert.Equal(Enumerable.Range(1, 100), await Task.WhenAll(calls));
        await Eventually.HoldsAsync(() => accounts.Count == 0);
    }

    [Fact]
    public async Task Calls_of_one_account_share_rounds_and_those_of_two_do_not()
    {
        var accounts = Accounts();
        Task<int>[] calls = [.. new[] { (1, 10), (1, 11), (2, 20), (1, 12) }.Select(
            call => accounts.RunAsync(call.Item1, new Call(call.Item2), CancellationToken.None))];
        _open.SetResult();

        await Task.WhenAll(calls);
        Assert.Equal([[10], [11, 12]], _rounds.Where(round => round.AccountId == 1).Select(round => round.Numbers));
        Assert.Equal([[20]], _rounds.Where(round => round.AccountId == 2).Select(round => round.Numbers));
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_end_the_coalescer_of_its_call()
    {
        var accounts = Accounts();
        using var leaving = new CancellationTokenSource();
        var first = accounts.RunAsync(1, new Call(10), CancellationToken.None);
        var gone = accounts.RunAsync(1, new Call(11), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal(1, accounts.Count);

        var stays = accounts.RunAsync(1, new Call(12), CancellationToken.None);
        _open.SetResult();

        var answers = await Task.WhenAll(first, stays);
        Assert.Equal([10, 12], answers);
        Assert.Equal([[10], [11, 12]], _rounds.Select(round => round.Numbers));
    }

    [Fact]
    public async Task It_ends_after_the_calls_that_wait()
    {
        var accounts = Accounts();
        var call = accounts.RunAsync(1, new Call(10), CancellationToken.None);
        var end = accounts.DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);
        _open.SetResult();

        await end;
        Assert.Equal(10, await call);
    }

    private AccountCoalescers<Call, int> Accounts() => new(accountId => new(async calls =>
    {
        await _open.Task;
        lock (_rounds)
        {
            _rounds.Add((accountId, [.. calls.Select(call => call.Number)]));
        }

        foreach (var call in calls)
        {
            call.Complete(call.Number);
        }
    }));

    private sealed class Call(int number) : PendingCall<int>
    {
        public int Number { get; } = number;
    }
}
