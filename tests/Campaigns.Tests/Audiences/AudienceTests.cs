using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Audiences;

// The rules for the audience of a campaign.
public sealed class AudienceTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task The_audience_is_evaluated_when_the_campaign_is_sent()
    {
        var account = await world.Apps.NewAccountAsync();
        var (early, gone, late) = (await world.ContactAsync(account), await world.ContactAsync(account), await world.ContactAsync(account));
        var tag = await world.TagAsync(account, "Hot Lead", early, gone);
        var campaign = await world.CreateAsync(account, CampaignWorld.HasTag(tag));
        await world.ScheduleAsync(account, campaign.CampaignId);

        await world.TagAsync(account, "Hot Lead", late);
        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = gone.ContactId, TagIds = { tag } });
        // An evaluation's time has milliseconds.
        var due = DateTime.UtcNow.AddMilliseconds(-1);
        await CampaignWorld.BecomeDueAsync(world.Apps, campaign.CampaignId);
        var sent = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        Assert.Equal([early.ContactId, late.ContactId], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.ContactId));
        Assert.Equal(2, sent.Counts.Accepted);
        Assert.InRange(sent.EvaluationTime.ToDateTime(), due, DateTime.UtcNow);
    }

    [Fact]
    public async Task Included_segments_are_united_and_excluded_ones_left_out()
    {
        var account = await world.Apps.NewAccountAsync();
        var contacts = new List<Contact>();
        for (var i = 0; i < 4; i++)
        {
            contacts.Add(await world.ContactAsync(account));
        }

        var a = await world.TagAsync(account, "A", contacts[0], contacts[1]);
        var b = await world.TagAsync(account, "B", contacts[1], contacts[2]);
        var c = await world.TagAsync(account, "C", contacts[2], contacts[3]);
        var audience = new Audience { Include = { CampaignWorld.HasTag(a), CampaignWorld.HasTag(b) }, Exclude = { CampaignWorld.HasTag(c) } };

        var campaign = await world.SendAsync(account, audience);

        Assert.Equal(
            [contacts[0].ContactId, contacts[1].ContactId], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.ContactId));
    }

    [Fact]
    public async Task An_empty_audience_finishes_with_a_warning()
    {
        var account = await world.Apps.NewAccountAsync();

        var campaign = await world.SendAsync(account, CampaignWorld.Everyone);

        Assert.Equal(0, campaign.Counts.Total);
        Assert.Contains("empty", campaign.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_campaign_whose_segment_is_gone_fails_visibly_and_sends_nothing()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        var segment = (await world.Apps.Segments.CreateSegmentAsync(
            new() { Account = account, Segment = new() { Name = "All", Filter = CampaignWorld.Everyone.Filter } })).Segment;
        var campaign = await world.CreateAsync(account, new FilterSource { SegmentId = segment.SegmentId });
        await world.ScheduleAsync(account, campaign.CampaignId);

        await world.Apps.Segments.DeleteSegmentAsync(new() { Account = account, SegmentId = segment.SegmentId, Force = true });
        await CampaignWorld.BecomeDueAsync(world.Apps, campaign.CampaignId);
        var failed = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Failed);

        Assert.NotEqual("", failed.Problem);
        Assert.Empty(world.MailOf(contact));
    }

    [Fact]
    public async Task A_campaign_whose_segment_fails_its_expectations_sends_nothing_and_says_why()
    {
        var account = await world.Apps.NewAccountAsync();
        var (member, vip) = (await world.ContactAsync(account), await world.ContactAsync(account));
        var segment = (await world.Apps.Segments.CreateSegmentAsync(
            new() { Account = account, Segment = new() { Name = "Leads", Filter = CampaignWorld.HasTag(await world.TagAsync(account, "Hot Lead", member)).Filter } })).Segment;
        await world.Apps.Segments.SetSegmentExpectationsAsync(
            new() { Account = account, SegmentId = segment.SegmentId, Expectations = new() { MustInclude = { vip.ContactId } } });
        var campaign = await world.CreateAsync(account, new FilterSource { SegmentId = segment.SegmentId });

        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        var failed = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Failed);

        Assert.Contains("Leads", failed.Problem, StringComparison.Ordinal);
        Assert.Contains(vip.ContactId.ToString(null, null), failed.Problem, StringComparison.Ordinal);
        Assert.Empty(await world.LedgerAsync(account, campaign.CampaignId));
        Assert.Empty(world.MailOf(member, vip));

        await world.TagAsync(account, "Hot Lead", vip);
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        var sent = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);
        Assert.Equal((2, ""), (sent.Counts.Accepted, sent.Problem));
    }

    [Fact]
    public async Task A_smart_list_is_evaluated_when_the_campaign_is_sent_with_what_was_put_in_and_left_out_by_hand()
    {
        var account = await world.Apps.NewAccountAsync();
        var (member, added, removed) = (await world.ContactAsync(account), await world.ContactAsync(account), await world.ContactAsync(account));
        var list = (await world.Apps.SmartLists.CreateSmartListAsync(new()
        {
            Account = account,
            SmartList = new()
            {
                Name = "Guests",
                Filter = CampaignWorld.HasTag(await world.TagAsync(account, "Hot Lead", member, removed)).Filter,
                IncludeTagId = await world.TagAsync(account, "In", member),
                ExcludeTagId = await world.TagAsync(account, "Out", added),
            },
        })).SmartList;
        var campaign = await world.CreateAsync(account, new FilterSource { SmartListName = "Guests" });
        await world.TagAsync(account, "In", added);
        await world.TagAsync(account, "Out", removed);
        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = added.ContactId, TagIds = { list.ExcludeTagId } });

        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        Assert.Equal(
            [member.ContactId, added.ContactId], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.ContactId));
    }
}
