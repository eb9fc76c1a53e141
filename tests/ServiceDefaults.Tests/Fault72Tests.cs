using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests;

/// <summary>Fault 72: ten times as many calls come as can be answered.</summary>
public sealed class Fault72Tests
{
    // One account alone gets two thirds of the places.
    private const int Places = 12, Own = 8;

    [Fact]
    public async Task Fault72_those_within_the_limit_are_served_and_the_others_told_when_to_come_back()
    {
        var (release, entered) = (new TaskCompletionSource(), 0);
        await using var host = await TestHost.StartAsync(
            async (_, _) =>
            {
                Interlocked.Increment(ref entered);
                await release.Task;
                return new GetAccountResponse();
            },
            new() { ["Grpc:MaxConcurrentCalls"] = $"{Places}" });
        var calls = Enumerable.Range(0, 10 * Places).Select(_ => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync).ToList();

        // At once: those within the limit still wait.
        await Eventually.HoldsAsync(() => calls.Count(call => call.IsFaulted) == calls.Count - Own);
        Assert.Equal(Own, entered);
        var refused = calls.Where(call => call.IsFaulted).ToList();
        var delays = new List<TimeSpan>();
        foreach (var call in refused)
        {
            var failure = (await Expect.FailureAsync(() => call)).Is(StatusCode.ResourceExhausted, ErrorReason.Overloaded);
            delays.Add(Assert.NotNull(failure.RetryDelay));
        }

        release.SetResult();
        await Task.WhenAll(calls.Except(refused));
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5)));
        await host.Client.GetAccountAsync(new() { Account = "a" });
    }
}
