using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Work;

public sealed class FairQueueTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task An_account_that_asks_for_little_does_not_wait_for_one_that_asks_for_much()
    {
        var world = new World(new FairQueue(2, 1, _time), _time);
        world.Ask(account: 1, weight: 1, count: 100);

        world.Ask(account: 2, weight: 1, count: 1);
        await world.SettleAsync();

        Assert.Equal([1, 2], world.Working.Order());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    public async Task Accounts_share_the_time_by_their_weights_whatever_a_turn_costs(int weight1, int weight2)
    {
        var seed = Seed.Value;
        var random = new Random(seed);
        var world = new World(new FairQueue(3, 3, _time), _time);
        world.Ask(1, weight1, 3_000);
        world.Ask(2, weight2, 3_000);
        await world.SettleAsync();

        // Turns of the first account take four times as long, so it must get fewer of them.
        while (world.Time.Values.Sum() < 2_000)
        {
            await world.EndOneAsync(turn => turn == 1 ? random.Next(1, 80) : random.Next(1, 20));
        }

        Assert.True(
            Math.Abs((world.Time[2] / world.Time[1] / weight2 * weight1) - 1) < 0.1, $"seed {seed}: {world.Time[1]} and {world.Time[2]} seconds");
    }

    [Fact]
    public async Task Time_that_was_not_used_is_not_saved_up()
    {
        var world = new World(new FairQueue(1, 1, _time), _time);
        world.Ask(1, 1, 500);
        await world.SettleAsync();
        for (var turn = 0; turn < 100; turn++)
        {
            await world.EndOneAsync(_ => 1);
        }

        world.Ask(2, 1, 500);
        var before = world.Time[1];
        for (var turn = 0; turn < 100; turn++)
        {
            await world.EndOneAsync(_ => 1);
        }

        // 100 turns of a tenth of a second.
        Assert.InRange(world.Time[1] - before, 4.5, 5.5);
    }

    [Fact]
    public async Task Random_arrivals_departures_and_cancellations_keep_every_limit_and_strand_nobody()
    {
        var seed = Seed.Value;
        var random = new Random(seed);
        var queue = new FairQueue(4, 2, _time);
        var world = new World(queue, _time);
        for (var step = 0; step < 2_000; step++)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    world.TryAsk(random.Next(1, 200), random.Next(1, 4));
                    break;
                case 2:
                    world.CancelOne(random);
                    break;
                default:
                    await world.EndOneAsync(_ => random.Next(1, 30));
                    break;
            }

            await world.SettleAsync();
            Assert.True(queue.Working <= 4, $"seed {seed}");
            Assert.True(world.Working.GroupBy(account => account).All(turns => turns.Count() <= 2), $"seed {seed}");
            // A free slot and somebody who may have it never coexist.
            Assert.True(queue.Working == 4 || world.Waiting.All(account => world.Working.Count(working => working == account) == 2), $"seed {seed}");
        }

        while (world.Working.Count > 0)
        {
            await world.EndOneAsync(_ => 1);
        }

        Assert.Empty(world.Waiting);
    }

    [Fact]
    public async Task Refuses_what_would_wait_beyond_the_limit_of_the_account()
    {
        var queue = new FairQueue(1, 1, _time);
        var world = new World(queue, _time);
        world.Ask(1, 1, 3);

        var error = await Expect.FailureAsync(
            StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => queue.EnterAsync(Account(1, 1, waiting: 2), default));

        Assert.Equal(("waiting_calls", "2"), (error.Metadata["quota"], error.Metadata["limit"]));
        world.Ask(2, 1, 1);
    }

    [Fact]
    public async Task A_slot_that_is_given_back_twice_counts_once()
    {
        var queue = new FairQueue(2, 2, _time);
        var slot = await queue.EnterAsync(Account(1, 1), default);
        await queue.EnterAsync(Account(1, 1), default);

        slot.Dispose();
        slot.Dispose();

        Assert.Equal(1, queue.Working);
    }

    private static AccountInfo Account(int id, int weight, int waiting = 10_000) => new(id, $"account-{id}", "UTC", 1) { Limits = new() { Weight = weight, WaitingCalls = waiting } };

    // Callers that wait for slots or hold them, in fake time.
    private sealed class World(FairQueue queue, FakeTimeProvider time)
    {
        private readonly List<(int Account, Task<IDisposable> Slot, CancellationTokenSource Cancellation)> _asked = [];
        private readonly Dictionary<Task<IDisposable>, double> _begun = [];

        // Seconds by account.
        public Dictionary<int, double> Time { get; } = [];

        public List<int> Working => [.. _asked.Where(call => call.Slot.IsCompletedSuccessfully).Select(call => call.Account)];

        public List<int> Waiting => [.. _asked.Where(call => !call.Slot.IsCompleted).Select(call => call.Account)];

        private double Now => time.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalSeconds;

        public void Ask(int account, int weight, int count)
        {
            for (var call = 0; call < count; call++)
            {
                TryAsk(account, weight);
                Assert.False(_asked[^1].Slot.IsFaulted);
            }
        }

        public void TryAsk(int account, int weight)
        {
            var cancellation = new CancellationTokenSource();
            _asked.Add((account, queue.EnterAsync(Account(account, weight), cancellation.Token), cancellation));
        }

        public void CancelOne(Random random)
        {
            if (_asked.Count > 0)
            {
                _asked[random.Next(_asked.Count)].Cancellation.Cancel();
            }
        }

        // Lets time pass, then gives back the slot that was granted first.
        public async Task EndOneAsync(Func<int, int> seconds)
        {
            await SettleAsync();
            if (_asked.Where(call => call.Slot.IsCompletedSuccessfully).OrderBy(call => _begun[call.Slot]).FirstOrDefault() is not { Slot: not null } first)
            {
                return;
            }

            time.Advance(TimeSpan.FromSeconds(seconds(first.Account) / 10.0));
            Time[first.Account] = Time.GetValueOrDefault(first.Account) + Now - _begun[first.Slot];
            _asked.Remove(first);
            (await first.Slot).Dispose();
            await SettleAsync();
        }

        // Slots are granted at once; their callers hear of it a moment later.
        public async Task SettleAsync()
        {
            await Eventually.HoldsAsync(Settled);
            _asked.RemoveAll(call => call.Slot.IsFaulted || call.Slot.IsCanceled);
            foreach (var call in _asked.Where(call => call.Slot.IsCompletedSuccessfully))
            {
                _begun.TryAdd(call.Slot, Now);
            }
        }

        private bool Settled() =>
            _asked.Count(call => call.Slot.IsCompletedSuccessfully) == queue.Working
            && _asked.All(call => !call.Cancellation.IsCancellationRequested || call.Slot.IsCompleted);
    }
}
