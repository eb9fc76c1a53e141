using Npgsql;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Replicas;

/// <summary>Fault 3: a sender is killed and comes back when its leases have ended long ago.</summary>
public sealed class LateRestartTests
{
    private const int Contacts = 400;
    private const int Connections = 8;
    private const int Sending = 3;

    [Fact]
    public async Task Fault3_a_sender_that_comes_back_after_its_leases_knows_by_its_journal_what_it_had_not_begun()
    {
        await using var world = await ReplicaWorld.StartAsync(Contacts);
        var (campaign, messages) = (await world.CreateAsync("Spring"), 0);
        world.Mail.Script = step => step.Stage == SmtpStage.Data && Interlocked.Increment(ref messages) > 150
            ? SmtpReaction.Wait(Eventually.Patience)
            : SmtpReaction.Accept;
        await world.Campaigns.SendCampaignAsync(new() { Account = ReplicaWorld.Account, CampaignId = campaign });
        // Each lane hands over one message and has more that have departed.
        await Eventually.ReadAsync(() => CountAsync(world, $"SELECT count(*) FROM campaigns.recipient WHERE state = {Sending}"), count => count > 2 * Connections);

        await world.Replica.KillAsync();
        world.Mail.Script = null;
        await Eventually.ReadAsync(() => CountAsync(world, "SELECT count(*) FROM campaigns.batch WHERE lease_until > now()"), count => count == 0);
        await world.Apps.StartAsync(Service.Campaigns);
        var sent = await ReplicaWorld.WaitAsync(world.Apps.Campaigns, campaign, State.Sent);

        Assert.Equal(Contacts, sent.Counts.Accepted + sent.Counts.Unknown);
        Assert.InRange(sent.Counts.Unknown, 0, Connections);
        Assert.All(world.Arrived("Spring").Values, count => Assert.Equal(1, count));
    }

    private static async Task<long> CountAsync(ReplicaWorld world, string sql)
    {
        await using var connection = new NpgsqlConnection(world.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
