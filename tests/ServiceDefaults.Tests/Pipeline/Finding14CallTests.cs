using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.ServiceDefaults.Pipeline;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;
using AccountLimits = TagSegments.ServiceDefaults.Calls.AccountLimits;

namespace TagSegments.ServiceDefaults.Tests.Pipeline;

/// <summary>Finding 14: one counter of calls for everybody let one account refuse the calls of all others.</summary>
public sealed class Finding14CallTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_busy_account_is_refused_with_quota_and_delay_while_another_one_is_served()
    {
        var release = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            async (request, _) =>
            {
                await (request.Account == "busy" ? release.Task : Task.CompletedTask);
                return new GetAccountResponse();
            },
            accounts: await DirectoryAsync(new AccountLimits { ConcurrentCalls = 3 }, "busy", "quiet"));
        var calls = Enumerable.Range(0, 4).Select(_ => host.Client.GetAccountAsync(new() { Account = "busy" }).ResponseAsync).ToList();

        var refused = await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, async () => await await Task.WhenAny(calls));
        await host.Client.GetAccountAsync(new() { Account = "quiet" });
        release.SetResult();
        await Eventually.HoldsAsync(() => calls.TrueForAll(call => call.IsCompleted));

        Assert.Equal(("concurrent_calls", "3"), (refused.Metadata["quota"], refused.Metadata["limit"]));
        Assert.NotNull(refused.RetryDelay);
        Assert.Equal(3, calls.Count(call => call.IsCompletedSuccessfully));
        await host.Client.GetAccountAsync(new() { Account = "busy" });
    }

    [Fact]
    public async Task A_call_that_a_service_makes_for_the_account_is_not_refused_by_the_accounts_limits()
    {
        await using var host = await TestHost.StartAsync(
            (_, _) => Task.FromResult(new GetAccountResponse()),
            accounts: await DirectoryAsync(new AccountLimits { CallsPerSecond = 1 }, "busy"));
        var service = new Metadata { { "tagsegments-service", "campaigns" } };

        var calls = Enumerable.Range(0, 50).Select(_ => host.Client.GetAccountAsync(new() { Account = "busy" }).ResponseAsync);
        var refused = await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => Task.WhenAll(calls));
        await host.Client.GetAccountAsync(new() { Account = "busy" }, service);

        Assert.Equal(("calls_per_second", "1"), (refused.Metadata["quota"], refused.Metadata["limit"]));
        Assert.InRange(refused.RetryDelay!.Value, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_service_learns_from_an_answer_which_accounts_have_just_called()
    {
        await using var host = await TestHost.StartAsync(
            (_, _) => Task.FromResult(new GetAccountResponse()), accounts: await DirectoryAsync(new AccountLimits(), "busy", "quiet"));
        var callers = new RecentCallers(TimeProvider.System);
        var service = new AccountService.AccountServiceClient(host.Channel.Intercept(new CallerReports(callers)));
        var asService = new Metadata { { "tagsegments-service", "campaigns" } };

        await service.GetAccountAsync(new() { Account = "busy" }, asService);
        Assert.False(callers.AreOthers(0));

        // They are forgotten after two seconds, which both calls may take on a busy machine.
        await Eventually.ReadAsync(
            async () =>
            {
                await host.Client.GetAccountAsync(new() { Account = "quiet" });
                await service.GetAccountAsync(new() { Account = "busy" }, asService);
                return callers.AreOthers(0);
            },
            areOthers => areOthers);
        Assert.Empty(callers.Here);
    }

    [Fact]
    public void Near_the_limit_of_the_process_the_account_with_most_calls_is_refused_first()
    {
        var admission = new CallAdmission(30, _time);
        var (greedy, heavy, quiet) = (Account(1), Account(2) with { Limits = new() { Weight = 2 } }, Account(3));

        Assert.Equal(20, Fill(admission, greedy));
        // Twice the weight, twice the places that are left.
        Assert.Equal(8, Fill(admission, heavy));
        Assert.Equal(0, Fill(admission, greedy));
        Assert.Equal(2, Fill(admission, quiet));
    }

    [Fact]
    public void Weights_decide_how_many_places_accounts_get()
    {
        var admission = new CallAdmission(1_000, _time);
        var (light, heavy) = (Account(1), Account(2) with { Limits = new() { Weight = 3 } });
        var (lightCalls, heavyCalls) = (Fill(admission, light), Fill(admission, heavy));

        // Calls end and others begin, until the shares are the ones that last.
        for (var turn = 0; turn < 1_000; turn++)
        {
            admission.Leave(light);
            admission.Leave(heavy);
            (lightCalls, heavyCalls) = (lightCalls - 1 + Fill(admission, light), heavyCalls - 1 + Fill(admission, heavy));
        }

        Assert.InRange(heavyCalls / (double)lightCalls, 2.8, 3.2);
        Assert.InRange(lightCalls + heavyCalls, 800, 999);
    }

    [Fact]
    public async Task Changed_limits_are_followed_within_half_a_minute()
    {
        var limits = new AccountLimits { ConcurrentCalls = 1 };
        var directory = new AccountDirectory(
            (name, _) => Task.FromResult<AccountInfo?>(new(1, name, "UTC", 1) { Limits = limits }),
            new MemoryBudget(1_000_000, TimeSpan.FromMinutes(10), _time),
            _time);
        await directory.GetAsync("acme", default);

        limits = new AccountLimits { ConcurrentCalls = 2 };
        _time.Advance(TimeSpan.FromSeconds(30));
        await directory.GetAsync("acme", default);

        Assert.Equal(2, directory.Find("acme")!.Limits.ConcurrentCalls);
        Assert.Null(directory.Find("other"));
    }

    [Fact]
    public void An_account_at_rest_leaves_nothing()
    {
        var admission = new CallAdmission(1_000, _time);
        var rate = new AccountRate(_time);
        for (var id = 1; id <= 10_000; id++)
        {
            admission.Enter(Account(id), fromService: false);
            admission.Leave(Account(id));
            rate.Take(id, 10);
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(0, admission.BusyAccounts);
        Assert.InRange(rate.Remembered, 1, 64);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_000)]
    public void A_rate_lets_twice_as_many_through_after_a_quiet_second_and_then_as_many_as_it_says(int perSecond)
    {
        var rate = new AccountRate(_time);
        Assert.Equal(2 * perSecond, Take(rate, perSecond));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(Take(rate, perSecond), perSecond - 1, perSecond + 1);

        var wait = rate.Take(1, perSecond);
        _time.Advance(wait);
        Assert.Equal(TimeSpan.Zero, rate.Take(1, perSecond));
        Assert.Equal(TimeSpan.Zero, rate.Take(2, perSecond));
    }

    private static int Take(AccountRate rate, int perSecond)
    {
        var taken = 0;
        for (; rate.Take(1, perSecond) == TimeSpan.Zero; taken++)
        {
        }

        return taken;
    }

    // Begins calls until one is refused.
    private static int Fill(CallAdmission admission, AccountInfo account)
    {
        for (var begun = 0; ; begun++)
        {
            try
            {
                admission.Enter(account, fromService: true);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
            {
                return begun;
            }
        }
    }

    private static AccountInfo Account(int id) => new(id, $"account-{id}", "UTC", 1);

    private static async Task<AccountDirectory> DirectoryAsync(AccountLimits limits, params string[] names)
    {
        var directory = new AccountDirectory(
            (name, _) => Task.FromResult<AccountInfo?>(new(1 + Array.IndexOf(names, name), name, "UTC", 1) { Limits = limits }),
            new MemoryBudget(1_000_000, TimeSpan.FromMinutes(10), TimeProvider.System),
            TimeProvider.System);
        foreach (var name in names)
        {
            await directory.GetAsync(name, default);
        }

        return directory;
    }
}
