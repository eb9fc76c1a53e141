using Google.Protobuf.WellKnownTypes;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Replicas;

/// <summary>Fault 29: the clock of the process that sends is wrong, or jumps while it sends.</summary>
public sealed class Fault29Tests
{
    private const int Contacts = 60;

    [FakeClockFact]
    public async Task Fault29_a_process_whose_clock_is_400_days_ahead_sends_what_is_due_and_nothing_early()
    {
        using var clock = new FakeClock(TimeSpan.FromDays(400));
        await using var world = await ReplicaWorld.StartAsync(Contacts, clock.Variables);
        var (later, now) = (await world.CreateAsync("Later"), await world.CreateAsync("Now"));
        await world.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = ReplicaWorld.Account,
            CampaignId = later,
            Schedule = new() { Time = DateTime.UtcNow.AddHours(1).ToTimestamp() },
        });
        await world.Campaigns.SendCampaignAsync(new() { Account = ReplicaWorld.Account, CampaignId = now });

        await ReplicaWorld.WaitAsync(world.Campaigns, now, State.Sent);

        Assert.Equal(Contacts, world.Arrived("Now").Count);
        Assert.Empty(world.Arrived("Later"));
        Assert.Equal(State.Scheduled, (await world.Campaigns.GetCampaignAsync(new() { Account = ReplicaWorld.Account, CampaignId = later })).Campaign.State);
    }

    [FakeClockFact]
    public async Task Fault29_a_clock_that_jumps_to_and_fro_during_a_send_doubles_and_loses_nobody()
    {
        using var clock = new FakeClock(TimeSpan.Zero);
        await using var world = await ReplicaWorld.StartAsync(Contacts, clock.Variables);
        // Another process with the right clock shares the work.
        await world.Apps.StartAsync(Service.Campaigns);
        var (campaign, messages) = (await world.CreateAsync("Spring"), 0);
        world.Mail.Script = step =>
        {
            if (step.Stage == SmtpStage.Data)
            {
                clock.Set(TimeSpan.FromHours(Interlocked.Increment(ref messages) % 3 is 0 ? -1 : 24 * 400));
            }

            return SmtpReaction.Accept;
        };

        await world.Campaigns.SendCampaignAsync(new() { Account = ReplicaWorld.Account, CampaignId = campaign });
        var sent = await ReplicaWorld.WaitAsync(world.Apps.Campaigns, campaign, State.Sent);

        Assert.Equal(Contacts, sent.Counts.Accepted);
        var arrived = world.Arrived("Spring");
        Assert.Equal(Contacts, arrived.Count);
        Assert.All(arrived.Values, count => Assert.Equal(1, count));
        Assert.Equal(State.Sent, (await world.Campaigns.GetCampaignAsync(new() { Account = ReplicaWorld.Account, CampaignId = campaign })).Campaign.State);
    }
}
