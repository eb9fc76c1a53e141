using Crm.Campaigns.V1;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Replicas;

/// <summary>Fault 7: a sender stands still for longer than its lease and goes on when another one has sent the rest.</summary>
public sealed class Fault7Tests
{
    private const int Contacts = 100;

    [Theory]
    [InlineData(SmtpStage.Mail)]
    [InlineData(SmtpStage.Data)]
    [InlineData(SmtpStage.EndOfData)]
    public async Task Fault7_a_sender_that_was_paused_beyond_its_lease_doubles_and_loses_nobody(SmtpStage stage)
    {
        await using var world = await ReplicaWorld.StartAsync(Contacts);
        var (spring, messages) = (await world.CreateAsync("Spring"), 0);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Mail.Script = step =>
        {
            if (step.Stage == stage && Interlocked.Increment(ref messages) == 20)
            {
                world.Replica.Pause();
                reached.SetResult();
            }

            return SmtpReaction.Accept;
        };
        await world.Campaigns.SendCampaignAsync(new() { Account = ReplicaWorld.Account, CampaignId = spring });
        await reached.Task.WaitAsync(Eventually.Patience);

        await world.Apps.StartAsync(Service.Campaigns);
        var sent = await ReplicaWorld.WaitAsync(world.Apps.Campaigns, spring, State.Sent);
        world.Replica.Continue();
        // It goes on with others.
        var summer = await world.CreateAsync("Summer");
        await world.Campaigns.SendCampaignAsync(new() { Account = ReplicaWorld.Account, CampaignId = summer });
        await ReplicaWorld.WaitAsync(world.Campaigns, summer, State.Sent);

        // Nobody else can know what the paused process had begun of what had departed. Its late answers are the truth.
        Assert.Equal(Contacts, sent.Counts.Accepted + sent.Counts.Unknown);
        await Eventually.ReadAsync(async () => (await AcceptedAsync(world, spring)).SetEquals(world.Arrived("Spring").Keys), same => same);
        Assert.All(world.Arrived("Spring").Values, count => Assert.Equal(1, count));
    }

    private static async Task<HashSet<string>> AcceptedAsync(ReplicaWorld world, string campaign) =>
        [.. (await world.Campaigns.ListRecipientsAsync(new() { Account = ReplicaWorld.Account, CampaignId = campaign, PageSize = 1_000 })).Recipients
            .Where(recipient => recipient.State == Recipient.Types.State.Accepted)
            .Select(recipient => recipient.Address)];
}
