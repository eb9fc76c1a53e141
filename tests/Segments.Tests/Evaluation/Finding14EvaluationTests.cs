using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;
using Service = TagSegments.Testing.Service;

namespace TagSegments.Segments.Tests.Evaluation;

/// <summary>Finding 14: the evaluations of one account could take all connections and processors from the others.</summary>
public sealed class Finding14EvaluationTests
{
    private static readonly FilterSource s_everyone = new() { Text = "first_name = \"Ann\"" };

    [Fact]
    public async Task A_long_filter_is_read_in_the_accounts_turn_and_a_short_one_at_once()
    {
        await using var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments],
            Settings = new Dictionary<string, string?> { ["Work:Slots"] = "2", ["Work:SlotsPerAccount"] = "1" },
        });
        var busy = await apps.NewAccountAsync();
        await apps.Accounts.SetAccountLimitsAsync(new() { Account = busy, Limits = new() { WaitingCalls = 1 } });
        var services = apps.App(Service.Segments).Services;
        var account = await services.GetRequiredService<AccountDirectory>().GetAsync(busy, default);
        var evaluation = await services.GetRequiredService<FairQueue>().EnterAsync(account, default);
        var many = string.Join(" OR ", Enumerable.Range(0, 900).Select(i => $"first_name = \"Name {i}\""));

        // One of them waits, so the other one is refused.
        var calls = Enumerable.Range(0, 2)
            .Select(_ => apps.Segments.ParseFilterAsync(new() { Account = busy, Source = new() { Text = many } }).ResponseAsync)
            .ToList();
        await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, async () => await await Task.WhenAny(calls));
        await apps.Segments.ParseFilterAsync(new() { Account = busy, Source = s_everyone });
        var waiting = Assert.Single(calls, call => !call.IsCompleted);

        evaluation.Dispose();
        Assert.Equal(900, (await waiting).Filter.AnyOf.Filters.Count);
    }

    [Fact]
    public async Task Evaluations_of_a_busy_account_wait_for_themselves_and_those_of_others_do_not()
    {
        await using var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments],
            // An evaluation that is checked by SQL needs a turn, too.
            Settings = new Dictionary<string, string?> { ["Work:Slots"] = "2", ["Work:SlotsPerAccount"] = "1", ["Segments:ShadowShare"] = "0" },
        });
        var (busy, quiet) = (await apps.NewAccountAsync(), await apps.NewAccountAsync());
        await apps.Accounts.SetAccountLimitsAsync(new() { Account = busy, Limits = new() { WaitingCalls = 1 } });
        var services = apps.App(Service.Segments).Services;
        var account = await services.GetRequiredService<AccountDirectory>().GetAsync(busy, default);
        var evaluation = await services.GetRequiredService<FairQueue>().EnterAsync(account, default);

        var waiting = apps.Segments.PreviewSegmentAsync(new() { Account = busy, Source = s_everyone }).ResponseAsync;
        await apps.Segments.PreviewSegmentAsync(new() { Account = quiet, Source = s_everyone });
        var refused = (await Eventually.ReadAsync(() => RefusalAsync(apps, busy), failure => failure is not null))!;
        // What is in memory needs no turn.
        await apps.Segments.CountContactsAsync(new() { Account = busy, Source = new() { Text = "everyone" } });
        Assert.False(waiting.IsCompleted);
        Assert.Equal(("waiting_calls", "1"), (refused.Metadata["quota"], refused.Metadata["limit"]));
        Assert.NotNull(refused.RetryDelay);

        evaluation.Dispose();
        await waiting;
        await apps.Segments.PreviewSegmentAsync(new() { Account = busy, Source = s_everyone });
    }

    // The call that waits may come second.
    private static async Task<Failure?> RefusalAsync(TestApps apps, string account)
    {
        try
        {
            await apps.Segments.PreviewSegmentAsync(
                new() { Account = account, Source = s_everyone }, deadline: DateTime.UtcNow.AddMilliseconds(200));
            return null;
        }
        catch (RpcException e)
        {
            return e.StatusCode is StatusCode.ResourceExhausted ? new Failure(e).Is(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded) : null;
        }
    }
}
