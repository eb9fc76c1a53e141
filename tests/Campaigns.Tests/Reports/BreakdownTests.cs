using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Embedded.Smtp;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Reports;

public sealed class BreakdownTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Counts_by_tag_who_had_it_when_the_audience_was_evaluated()
    {
        var account = await world.Apps.NewAccountAsync();
        var (both, lead, none, refused) = (
            await world.ContactAsync(account), await world.ContactAsync(account), await world.ContactAsync(account), await world.ContactAsync(account));
        await world.TagAsync(account, "Lead", both, lead, refused);
        var vip = await world.TagAsync(account, "VIP", both);
        world.Mail.Script = step => step.Stage == SmtpStage.Recipient && step.Recipient == refused.Email ? SmtpReaction.Refuse(550, "No") : default;
        var campaign = await world.StartAsync(account, CampaignWorld.Everyone);
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);
        await RecordAsync(account, campaign, (both, Kind.Opened), (both, Kind.Opened), (both, Kind.Clicked), (lead, Kind.Opened), (none, Kind.Bounced));

        // Later changes of tags move nobody.
        await world.TagAsync(account, "VIP", none);
        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = both.ContactId, TagIds = { vip } });
        var answer = await world.Campaigns.BreakDownResultsAsync(new() { Account = account, CampaignIds = { campaign.CampaignId }, Tags = new() });

        Assert.Equal(["Lead", "VIP"], answer.Groups.Select(group => group.Name));
        Assert.Equal(new ResultCounts { Sent = 2, Opened = 2, Clicked = 1 }, answer.Groups[0].Results);
        Assert.Equal(new ResultCounts { Sent = 1, Opened = 1, Clicked = 1 }, answer.Groups[1].Results);
        Assert.Equal(vip, answer.Groups[1].TagId);
        Assert.Equal(new ResultCounts { Sent = 3, Opened = 2, Clicked = 1, Bounced = 1 }, answer.Total);
    }

    [Fact]
    public async Task Adds_up_the_results_of_several_campaigns_by_tag()
    {
        var account = await world.Apps.NewAccountAsync();
        var (lead, other) = (await world.ContactAsync(account), await world.ContactAsync(account));
        await world.TagAsync(account, "Lead", lead);
        var first = await world.SendAsync(account, CampaignWorld.Everyone);
        await world.TagAsync(account, "Lead", other);
        var second = await world.SendAsync(account, CampaignWorld.Everyone);
        await world.CreateAsync(account, CampaignWorld.Everyone);
        await RecordAsync(account, first, (lead, Kind.Opened));
        await RecordAsync(account, second, (lead, Kind.Opened), (other, Kind.Unsubscribed));

        var answer = await world.Campaigns.BreakDownResultsAsync(new() { Account = account, Tags = new() { TagNames = { "Lead" } } });

        Assert.Equal([second.CampaignId, first.CampaignId], answer.CampaignIds);
        Assert.Equal(new ResultCounts { Sent = 3, Opened = 2, Unsubscribed = 1 }, Assert.Single(answer.Groups).Results);
        Assert.Equal(new ResultCounts { Sent = 4, Opened = 2, Unsubscribed = 1 }, answer.Total);
    }

    [Fact]
    public async Task Counts_by_segment_by_default_those_that_the_campaign_includes_as_they_were()
    {
        var account = await world.Apps.NewAccountAsync();
        var (ann, ben) = (await ContactAsync(account, "Ann"), await ContactAsync(account, "Ben"));
        var anns = (await world.Apps.Segments.CreateSegmentAsync(
            new() { Account = account, Segment = new() { Name = "Anns" }, Text = "[first name] = \"Ann\"" })).Segment;
        var audience = new Audience { Include = { new FilterSource { SegmentId = anns.SegmentId }, CampaignWorld.Everyone } };
        var campaign = await world.SendAsync(account, audience);
        await RecordAsync(account, campaign, (ann, Kind.Opened), (ben, Kind.Clicked));
        await world.Apps.Segments.UpdateSegmentAsync(new() { Account = account, SegmentId = anns.SegmentId, Text = "[first name] = \"Zoe\"" });

        var included = await world.Campaigns.BreakDownResultsAsync(
            new() { Account = account, CampaignIds = { campaign.CampaignId }, Segments = new() });
        var named = await world.Campaigns.BreakDownResultsAsync(new()
        {
            Account = account,
            CampaignIds = { campaign.CampaignId },
            Segments = new() { Sources = { new FilterSource { Text = "[first name] = \"Ben\"" } } },
        });

        Assert.Equal("Anns", included.Groups[0].Name);
        Assert.Equal(new ResultCounts { Sent = 1, Opened = 1 }, included.Groups[0].Results);
        Assert.Equal(new ResultCounts { Sent = 2, Opened = 1, Clicked = 1 }, included.Groups[1].Results);
        Assert.Equal(new ResultCounts { Sent = 1, Clicked = 1 }, Assert.Single(named.Groups).Results);
    }

    [Fact]
    public async Task Refuses_what_has_no_results_yet_or_no_groups()
    {
        var account = await world.Apps.NewAccountAsync();
        var draft = await world.CreateAsync(account, CampaignWorld.Everyone);

        await RefusesAsync(
            StatusCode.FailedPrecondition, ErrorReason.WrongState, new() { Account = account, CampaignIds = { draft.CampaignId }, Tags = new() });
        await RefusesAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, new() { Account = account, CampaignIds = { draft.CampaignId } });
        await RefusesAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, new() { Account = account, Segments = new() });
        await RefusesAsync(StatusCode.NotFound, ErrorReason.NotFound, new() { Account = account, Tags = new() { TagNames = { "None such" } } });
    }

    private Task RefusesAsync(StatusCode status, ErrorReason reason, BreakDownResultsRequest request) =>
        Expect.FailureAsync(status, reason, async () => await world.Campaigns.BreakDownResultsAsync(request));

    private Task<Contact> ContactAsync(string account, string firstName) => world.ContactAsync(account, change: c => c.FirstName = firstName);

    private async Task RecordAsync(string account, Campaign campaign, params (Contact Contact, Kind Kind)[] activities) =>
        await world.Activities.RecordActivitiesAsync(new()
        {
            Account = account,
            Activities =
            {
                activities.Select(a => new Crm.Activity.V1.Activity
                {
                    ContactId = a.Contact.ContactId,
                    Kind = a.Kind,
                    CampaignId = campaign.CampaignId,
                }),
            },
        });
}
