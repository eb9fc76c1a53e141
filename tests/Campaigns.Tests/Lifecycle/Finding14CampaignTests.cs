using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Lifecycle;

/// <summary>Finding 14: one campaign was prepared at a time, in order of its time, whichever account it was of.</summary>
public sealed class Finding14CampaignTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Campaigns_beyond_the_limit_of_an_account_are_refused_while_those_of_others_are_sent()
    {
        var (busy, quiet) = (await world.Apps.NewAccountAsync(), await world.Apps.NewAccountAsync());
        await world.Apps.Accounts.SetAccountLimitsAsync(new() { Account = busy, Limits = new() { ActiveCampaigns = 1 } });
        var (first, second, other) = (await DraftAsync(busy, "first"), await DraftAsync(busy, "second"), await DraftAsync(quiet, "other"));
        var inAnHour = new Schedule { Time = Timestamp.FromDateTime(DateTime.UtcNow.AddHours(1)) };
        await world.Campaigns.ScheduleCampaignAsync(new() { Account = busy, CampaignId = first, Schedule = inAnHour });
        // It is scheduled already.
        await world.Campaigns.ScheduleCampaignAsync(new() { Account = busy, CampaignId = first, Schedule = inAnHour });

        var refused = await Expect.FailureAsync(
            StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => SendAsync(busy, second));
        await SendAsync(quiet, other);
        await world.WaitForCampaignAsync(quiet, other, Campaign.Types.State.Sent);
        await world.Campaigns.PauseCampaignAsync(new() { Account = busy, CampaignId = first });
        await SendAsync(busy, second);
        await world.WaitForCampaignAsync(busy, second, Campaign.Types.State.Sent);

        Assert.Equal(("active_campaigns", "1"), (refused.Metadata["quota"], refused.Metadata["limit"]));
        Assert.NotNull(refused.RetryDelay);
        await world.Campaigns.ResumeCampaignAsync(new() { Account = busy, CampaignId = first });
    }

    [Fact]
    public async Task The_campaign_of_another_account_is_prepared_next_however_many_are_due()
    {
        var (busy, quiet) = (await world.Apps.NewAccountAsync(), await world.Apps.NewAccountAsync());
        for (var i = 0; i < 20; i++)
        {
            await DraftAsync(busy, $"campaign {i}");
        }

        var other = await DraftAsync(quiet, "other");
        await world.ExecuteAsync(
            """
            UPDATE campaigns.campaign
            SET state = 2, run_at = now() - CASE WHEN account_name = @busy THEN interval '9 s' ELSE interval '1 s' END
            WHERE account_name IN (@busy, @quiet)
            """,
            new { busy, quiet });
        await world.WaitForCampaignAsync(quiet, other, Campaign.Types.State.Sent);
        var order = await Eventually.ReadAsync(
            () => world.QueryAsync<string>(
                "SELECT account_name FROM campaigns.campaign WHERE account_name IN (@busy, @quiet) AND evaluated_at IS NOT NULL ORDER BY evaluated_at",
                new { busy, quiet }),
            prepared => prepared.Count == 21);

        Assert.InRange(order.IndexOf(quiet), 0, 3);
    }

    private async Task<string> DraftAsync(string account, string name) => (await world.Campaigns.CreateCampaignAsync(new()
    {
        Account = account,
        Campaign = new() { Name = name, Message = CampaignWorld.Text("Hello"), Audience = new() { Include = { CampaignWorld.Everyone } } },
    })).Campaign.CampaignId;

    private Task SendAsync(string account, string campaignId) =>
        world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaignId }).ResponseAsync;
}
