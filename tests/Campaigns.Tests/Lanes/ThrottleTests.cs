using System.Diagnostics;
using Crm.Campaigns.V1;
using Npgsql;
using TagSegments.Campaigns.Lanes;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Lanes;

// Limits of messages per minute. If time matters, a limit of one per minute makes it long enough for any machine.
public sealed class ThrottleTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task All_processes_together_take_no_more_than_the_limit()
    {
        await using var database = world.Apps.Database.Of("campaigns");
        var (limits, key) = (new RateLimits(database.Work), Guid.NewGuid().ToString());

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => limits.TakeAsync(key, perMinute: 1, wanted: 10, default)));

        Assert.Equal(1, taken.Sum());
        Assert.Equal(10, await limits.TakeAsync(key, perMinute: 0, wanted: 10, default));
    }

    [Fact]
    public async Task What_was_taken_and_not_used_can_be_taken_again()
    {
        await using var database = world.Apps.Database.Of("campaigns");
        var (limits, key) = (new RateLimits(database.Work), Guid.NewGuid().ToString());
        await limits.TakeAsync(key, perMinute: 1, wanted: 1, default);

        await limits.ReturnAsync(key, perMinute: 1, unused: 1, default);

        Assert.Equal(1, await limits.TakeAsync(key, perMinute: 1, wanted: 1, default));
        Assert.Equal(0, await limits.TakeAsync(key, perMinute: 1, wanted: 1, default));
    }

    [Fact]
    public async Task Reserved_places_follow_one_another()
    {
        await using var database = world.Apps.Database.Of("campaigns");
        var (limits, key) = (new RateLimits(database.Work), Guid.NewGuid().ToString());

        var first = await limits.ReserveAsync(key, perMinute: 1, messages: 2, default);
        var second = await limits.ReserveAsync(key, perMinute: 1, messages: 1, default);

        Assert.InRange(first, TimeSpan.FromSeconds(-1), TimeSpan.Zero);
        Assert.InRange(second, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task A_domain_gets_no_more_than_its_limit_and_holds_up_no_other()
    {
        await using var apps = await StartAsync(new() { ["Delivery:Domains:slow.example"] = "1" });
        var account = await apps.NewAccountAsync();
        string[] addresses = ["a@slow.example", "b@SLOW.example", "c@slow.example", "d@fast.example", "e@fast.example"];
        var campaign = await SendAsync(apps, account, addresses);

        var ledger = await Eventually.ReadAsync(
            async () => (await apps.Campaigns.ListRecipientsAsync(new() { Account = account, CampaignId = campaign })).Recipients,
            recipients => recipients.Count(r => r.State == State.Accepted) == 3);

        Assert.Equal([State.Accepted, State.Pending, State.Pending, State.Accepted, State.Accepted], ledger.Select(Waiting));
        Assert.Single(world.Mail.Messages, m => m.Recipients[0].EndsWith("slow.example", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task All_messages_together_leave_no_faster_than_the_limit()
    {
        await using var apps = await StartAsync(new() { ["Delivery:MessagesPerSecond"] = "5" });
        var account = await apps.NewAccountAsync();
        var (before, time) = (world.Mail.Accepted, Stopwatch.StartNew());

        await SendAsync(apps, account, [.. Enumerable.Range(0, 20).Select(i => $"{i}@x.example")]);
        await world.Mail.WaitForAsync(before + 20, Eventually.Patience);

        // A second's worth may be saved up. It must not be more, however slow the machine is.
        Assert.True(20 <= 5 * (time.Elapsed.TotalSeconds + 1) + 1, $"20 messages in {time.Elapsed}");
    }

    // Claimed with others is waiting, too.
    private static State Waiting(Recipient recipient) => recipient.State == State.Claimed ? State.Pending : recipient.State;

    private Task<TestApps> StartAsync(Dictionary<string, string?> settings) => TestApps.StartAsync(new TestAppsOptions
    {
        Services = [Service.Tags, Service.Segments, Service.Campaigns],
        Settings = CampaignWorld.Settings(world.Mail.Port).Concat(settings).ToDictionary(),
    });

    private static async Task<string> SendAsync(TestApps apps, string account, string[] addresses)
    {
        foreach (var address in addresses)
        {
            await apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() { Email = address } });
        }

        var campaign = new Campaign
        {
            Name = "Spring",
            Message = CampaignWorld.Text("Spring", "Hello"),
            Audience = new Audience { Include = { CampaignWorld.Everyone } },
        };
        var created = await apps.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign });
        await apps.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = created.Campaign.CampaignId });
        return created.Campaign.CampaignId;
    }
}
