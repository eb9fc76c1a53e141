using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Lifecycle;

public sealed class CampaignLifecycleTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Creates_a_draft_and_finds_it_by_id_and_name()
    {
        var account = await world.Apps.NewAccountAsync();

        var created = await CreateAsync(account, c => c.Name = " Spring ");

        Assert.Equal((State.Draft, 1, "Spring"), (created.State, created.Version, created.Name));
        var byId = await world.Campaigns.GetCampaignAsync(new() { Account = account, CampaignId = created.CampaignId });
        var byName = await world.Campaigns.GetCampaignAsync(new() { Account = account, Name = "Spring" });
        Assert.Equal(byId, byName);
        Assert.Equal(created.Message, byId.Campaign.Message);
    }

    [Fact]
    public async Task A_name_is_taken_once_per_account()
    {
        var (account, other) = (await world.Apps.NewAccountAsync(), await world.Apps.NewAccountAsync());
        await CreateAsync(account, c => c.Name = "Spring");
        await CreateAsync(other, c => c.Name = "Spring");

        await Expect.FailureAsync(
            StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => CreateAsync(account, c => c.Name = "Spring"));
    }

    [Fact]
    public async Task Refuses_bad_content_and_names_every_field()
    {
        var account = await world.Apps.NewAccountAsync();

        var error = await Expect.FailureAsync(() => CreateAsync(account, c =>
        {
            c.Name = "";
            c.Message = new Message { Subject = "a\r\nBcc: x@example.org", FromName = "a\nb", FromAddress = "nobody", Text = "x" };
        }));

        error.Is(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            "campaign.name",
            "campaign.message.from_address",
            "campaign.message.from_name",
            "campaign.message.subject");
    }

    [Fact]
    public async Task A_schedule_in_the_past_is_refused()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone);

        var error = await Expect.FailureAsync(async () => await world.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Time = Timestamp.FromDateTime(DateTime.UtcNow.AddSeconds(-5)) },
        }));

        error.Is(StatusCode.InvalidArgument, ErrorReason.ScheduleInPast);
    }

    [Fact]
    public async Task An_update_changes_what_the_mask_names()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await CreateAsync(account, c => c.Description = "old");

        var updated = (await world.Campaigns.UpdateCampaignAsync(new()
        {
            Account = account,
            Campaign = new() { CampaignId = campaign.CampaignId, Description = "new", MessagesPerMinute = 60, Version = 1 },
            UpdateMask = new FieldMask { Paths = { "description" } },
        })).Campaign;

        Assert.Equal(("new", 0, 2, campaign.Name), (updated.Description, updated.MessagesPerMinute, updated.Version, updated.Name));
    }

    [Fact]
    public async Task Of_concurrent_updates_of_one_version_one_wins()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await CreateAsync(account);

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Expect.StatusAsync(() => world.Campaigns.UpdateCampaignAsync(new()
        {
            Account = account,
            Campaign = new() { CampaignId = campaign.CampaignId, Description = $"{i}", Version = 1 },
            UpdateMask = new FieldMask { Paths = { "description" } },
        }).ResponseAsync)));

        Assert.Single(results, StatusCode.OK);
        Assert.Equal(9, results.Count(status => status == StatusCode.Aborted));
    }

    [Fact]
    public async Task A_campaign_without_audience_or_content_cannot_be_scheduled()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await CreateAsync(account, c =>
        {
            c.Audience = null;
            c.Message = null;
        });

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId }).ResponseAsync);
    }

    [Fact]
    public async Task A_scheduled_campaign_can_be_paused_resumed_and_cancelled_and_then_nothing_more()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await CreateAsync(account);
        var scheduled = (await world.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Local = new() { DateTime = "2099-01-01T09:00", Zone = "Europe/Vienna" } },
        })).Campaign;

        var paused = (await world.Campaigns.PauseCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign;
        var resumed = (await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign;
        var cancelled = (await world.Campaigns.CancelCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign;

        Assert.Equal(
            (State.Scheduled, State.Paused, State.Scheduled, State.Cancelled), (scheduled.State, paused.State, resumed.State, cancelled.State));
        Assert.Equal(new DateTime(2099, 1, 1, 8, 0, 0, DateTimeKind.Utc), resumed.Schedule.RunTime.ToDateTime());
        Assert.NotNull(cancelled.EndTime);
        var error = await Expect.FailureAsync(
            async () => await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId }));
        error.Is(StatusCode.FailedPrecondition, ErrorReason.WrongState);
    }

    [Fact]
    public async Task A_campaign_that_is_sent_before_its_time_has_no_schedule_any_more()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await CreateAsync(account);
        await world.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Local = new() { DateTime = "2099-01-01T09:00" } },
        });

        var sent = (await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign;

        Assert.Null(sent.Schedule);
        Assert.Null((await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent)).Schedule);
    }

    [Fact]
    public async Task A_schedule_that_was_missed_waits_for_a_decision()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await CreateAsync(account);
        await world.ExecuteAsync(
            "UPDATE campaigns.campaign SET state = 2, run_at = now() - interval '2 hours' WHERE campaign_id = @id",
            new { id = Guid.Parse(campaign.CampaignId) });

        var paused = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Paused);
        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });

        Assert.Contains("missed", paused.Problem, StringComparison.Ordinal);
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);
    }

    [Fact]
    public async Task Campaigns_of_another_account_are_not_found()
    {
        var (account, other) = (await world.Apps.NewAccountAsync(), await world.Apps.NewAccountAsync());
        var campaign = await CreateAsync(account);

        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => world.Campaigns.GetCampaignAsync(new() { Account = other, CampaignId = campaign.CampaignId }).ResponseAsync);
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => world.Campaigns.CancelCampaignAsync(new() { Account = other, CampaignId = campaign.CampaignId }).ResponseAsync);
    }

    [Fact]
    public async Task Lists_campaigns_newest_first_page_by_page()
    {
        var account = await world.Apps.NewAccountAsync();
        var names = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            names.Add((await CreateAsync(account)).Name);
        }

        var first = await world.Campaigns.ListCampaignsAsync(new() { Account = account, PageSize = 2 });
        var second = await world.Campaigns.ListCampaignsAsync(new() { Account = account, PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal(names.AsEnumerable().Reverse(), first.Campaigns.Concat(second.Campaigns).Select(c => c.Name));
    }

    private async Task<Campaign> CreateAsync(string account, Action<Campaign>? change = null)
    {
        var campaign = new Campaign
        {
            Name = Guid.NewGuid().ToString(),
            Message = CampaignWorld.Text("Spring"),
            Audience = new Audience { Include = { new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } } } },
        };
        change?.Invoke(campaign);
        return (await world.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign;
    }
}
