using Crm.Campaigns.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Campaigns.Reports;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Reports;

/// <summary>Finding 14: a watch costs nothing while nothing happens, however many watch.</summary>
public sealed class CampaignWatchTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private CampaignWatch Watch => world.Apps.App(Service.Campaigns).Services.GetRequiredService<CampaignWatch>();

    [Fact]
    public async Task Finding_14_a_draft_that_many_watch_is_read_once_and_again_when_it_changes()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = (await world.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = NewCampaign() })).Campaign;
        var calls = Enumerable.Range(0, 20).Select(_ => world.Campaigns.WatchCampaign(new() { Account = account, CampaignId = campaign.CampaignId })).ToList();
        await Task.WhenAll(calls.Select(call => NextAsync(call)));
        var (ticks, reads) = (Watch.Ticks, Watch.Reads);

        await Eventually.ReadAsync(() => Task.FromResult(Watch.Ticks), now => now >= ticks + 3);
        Assert.Equal(reads, Watch.Reads);
        campaign.Description = "changed";
        await world.Campaigns.UpdateCampaignAsync(new() { Account = account, Campaign = campaign });
        var changed = await Task.WhenAll(calls.Select(call => NextAsync(call)));

        Assert.All(changed, seen => Assert.Equal("changed", seen.Description));
        Assert.Equal(reads + 1, Watch.Reads);
        calls.ForEach(call => call.Dispose());
        await Eventually.ReadAsync(() => Task.FromResult(Watch.Watched), watched => watched == 0);
    }

    [Fact]
    public async Task Finding_14_a_new_watcher_sees_what_happened_before_it_came()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = (await world.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = NewCampaign() })).Campaign;
        using var first = world.Campaigns.WatchCampaign(new() { Account = account, CampaignId = campaign.CampaignId });
        await NextAsync(first);

        for (var change = 0; change < 5; change++)
        {
            campaign.Description = $"change {change}";
            campaign = (await world.Campaigns.UpdateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign;
            using var second = world.Campaigns.WatchCampaign(new() { Account = account, CampaignId = campaign.CampaignId });

            Assert.Equal($"change {change}", (await NextAsync(second)).Description);
        }
    }

    [Theory]
    [InlineData(State.Draft, 0, false)]
    [InlineData(State.Sending, 1, false)]
    [InlineData(State.Cancelled, 1, false)]
    [InlineData(State.Cancelled, 0, true)]
    [InlineData(State.Sent, 0, true)]
    public void A_campaign_is_over_when_nothing_is_being_handed_over_any_more(State state, int sending, bool isOver) =>
        Assert.Equal(isOver, CampaignWatch.HasEnded(new Campaign { State = state, Counts = new() { Sending = sending } }));

    [Fact]
    public void Finding_14_counts_that_do_not_move_are_looked_at_less_and_less_often()
    {
        var watched = new WatchedItem<Campaign>(1, Guid.NewGuid(), CampaignWatch.HasMovingLedger);
        var campaign = new Campaign { State = State.Sending, Counts = new() { Pending = 5 } };
        var now = DateTimeOffset.UnixEpoch;
        var reads = 0;

        for (; now < DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(10); now += TimeSpan.FromMilliseconds(500))
        {
            if (watched.IsDue("1", now))
            {
                reads++;
                watched.Complete(watched.Begin(), campaign.Clone(), "1", now, now);
            }
        }

        // Ten minutes with at most one count in ten seconds, and those before.
        Assert.InRange(reads, 60, 66);
        campaign.Counts.Pending = 4;
        watched.Complete(watched.Begin(), campaign.Clone(), "1", now, now);
        Assert.True(watched.IsDue("1", now + TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public void Finding_14_a_count_that_takes_long_is_made_less_often()
    {
        var watched = new WatchedItem<Campaign>(1, Guid.NewGuid(), CampaignWatch.HasMovingLedger);
        var campaign = new Campaign { State = State.Sending, Counts = new() { Pending = 5 } };
        var (begun, ended) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(1));

        watched.Complete(watched.Begin(), campaign, "1", begun, ended);

        Assert.False(watched.IsDue("1", begun + TimeSpan.FromSeconds(9)));
        Assert.True(watched.IsDue("1", begun + TimeSpan.FromSeconds(10)));
    }

    private static Campaign NewCampaign() => new()
    {
        Name = Guid.NewGuid().ToString(),
        Message = new() { Subject = "Hello", Text = "Hello" },
        Audience = new() { Include = { new Crm.Segments.V1.FilterSource { Filter = new() { Everyone = new() } } } },
    };

    private static async Task<Campaign> NextAsync(AsyncServerStreamingCall<WatchCampaignResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current.Campaign;
    }
}
