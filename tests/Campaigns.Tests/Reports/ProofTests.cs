using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using Moment = Crm.Campaigns.V1.ConsentCheck.Types.Moment;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Reports;

public sealed class ProofTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task Proves_why_a_contact_got_it_or_not()
    {
        var account = await world.Apps.NewAccountAsync();
        var (got, other) = (await world.ContactAsync(account), await world.ContactAsync(account));
        var tag = await world.TagAsync(account, "Hot Lead", got);
        var campaign = await world.SendAsync(account, CampaignWorld.HasTag(tag));

        var proof = await ProveAsync(account, campaign, got);
        var counterproof = await ProveAsync(account, campaign, other);

        Assert.Equal(Recipient.Types.State.Accepted, proof.Recipient.State);
        Assert.Equal(campaign.EvaluationTime, proof.EvaluationTime);
        Assert.Equal([Kind.Sent], proof.Activities.Select(a => a.Kind));
        Assert.True(Assert.Single(proof.Sources).Matches);
        Assert.Null(counterproof.Recipient);
        Assert.False(Assert.Single(counterproof.Sources).Matches);
        Assert.Empty(counterproof.Consents);
    }

    [Fact]
    public async Task Shows_the_values_and_the_segment_of_then_whatever_has_changed_since()
    {
        var account = await world.Apps.NewAccountAsync();
        var (got, excluded, outside) = (
            await world.ContactAsync(account, change: c => c.FirstName = "Ann"),
            await world.ContactAsync(account, change: c => c.FirstName = "Ann"),
            await world.ContactAsync(account, change: c => c.FirstName = "Ben"));
        var staff = await world.TagAsync(account, "Staff", excluded);
        var inner = await SegmentAsync(account, "Anns", "[first name] = \"Ann\"");
        var outer = await SegmentAsync(account, "Everybody called Ann", "in segment \"Anns\"");
        var audience = new Audience { Include = { new FilterSource { SegmentName = outer.Name } }, Exclude = { CampaignWorld.HasTag(staff) } };
        var campaign = await world.SendAsync(account, audience);

        await RenameAsync(account, got, "Zoe");
        await RenameAsync(account, outside, "Ann");
        await world.TagAsync(account, "Staff", got);
        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = excluded.ContactId, TagIds = { staff } });
        await world.Apps.Segments.UpdateSegmentAsync(new()
        {
            Account = account,
            SegmentId = inner.SegmentId,
            Text = "[first name] = \"Zoe\"",
        });
        await world.Apps.Segments.DeleteSegmentAsync(new() { Account = account, SegmentId = outer.SegmentId, Force = true });

        var (proof, ofExcluded, ofOutside) =
            (await ProveAsync(account, campaign, got), await ProveAsync(account, campaign, excluded), await ProveAsync(account, campaign, outside));

        Assert.Equal([(false, true), (true, false)], proof.Sources.Select(source => (source.Excluded, source.Matches)));
        Assert.Contains("Ann", proof.Sources[0].Explanation.Actual, StringComparison.Ordinal);
        Assert.Equal((outer.SegmentId, 1), (proof.Sources[0].SegmentVersion.SegmentId, proof.Sources[0].SegmentVersion.Version));
        Assert.All(proof.Sources, source => Assert.Equal(campaign.EvaluationTime, source.ExplanationTime));
        Assert.Equal(["Anns", "Everybody called Ann"], proof.SegmentVersions.Select(version => version.Name).Order());
        Assert.Null(ofExcluded.Recipient);
        Assert.Equal([(false, true), (true, true)], ofExcluded.Sources.Select(source => (source.Excluded, source.Matches)));
        Assert.Null(ofOutside.Recipient);
        Assert.Equal([(false, false), (true, false)], ofOutside.Sources.Select(source => (source.Excluded, source.Matches)));
        Assert.Contains("Ben", ofOutside.Sources[0].Explanation.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_a_smart_list_as_it_was()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        var tag = await world.TagAsync(account, "Hot Lead", contact);
        var list = (await world.Apps.SmartLists.CreateSmartListAsync(
            new() { Account = account, SmartList = new() { Name = "Guests", Filter = CampaignWorld.HasTag(tag).Filter } })).SmartList;
        var campaign = await world.SendAsync(account, new FilterSource { SmartListId = list.SmartListId });

        await world.Apps.SmartLists.DeleteSmartListAsync(new() { Account = account, SmartListId = list.SmartListId });
        var source = Assert.Single((await ProveAsync(account, campaign, contact)).Sources);

        Assert.True(source.Matches, source.Problem);
        Assert.Equal(list.SmartListId, source.Source.SmartListId);
        Assert.Contains("Hot Lead", source.Explanation.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_consent_that_was_read_at_the_snapshot_and_at_the_departure()
    {
        var account = await world.Apps.NewAccountAsync();
        var (agreed, left) = (await world.ContactAsync(account), await world.ContactAsync(account));
        await world.SetConsentAsync(account, agreed, Consent.Types.State.Subscribed);
        await world.SetConsentAsync(account, left, Consent.Types.State.Subscribed);
        world.RefuseMail();
        var campaign = await world.StartAsync(account, CampaignWorld.Everyone);
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sending);
        await world.Campaigns.PauseCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.UnsubscribeAsync(account, left);
        world.Mail.Script = null;
        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        await world.UnsubscribeAsync(account, agreed);
        var (proof, counterproof) = (await ProveAsync(account, campaign, agreed), await ProveAsync(account, campaign, left));

        Assert.Equal(
            [(Moment.Snapshot, Consent.Types.State.Subscribed), (Moment.Departure, Consent.Types.State.Subscribed)],
            proof.Consents.Select(check => (check.Moment, check.Consent)));
        Assert.True(proof.Consents[1].Time.ToDateTime() <= proof.Recipient.AcceptTime.ToDateTime());
        Assert.Equal(Reason.Unsubscribed, counterproof.Recipient.Reason);
        Assert.Equal(
            [(Moment.Snapshot, Consent.Types.State.Subscribed), (Moment.Departure, Consent.Types.State.Unsubscribed)],
            counterproof.Consents.Select(check => (check.Moment, check.Consent)));
    }

    [Fact]
    public async Task Says_when_a_contact_came_later_or_never_was()
    {
        var account = await world.Apps.NewAccountAsync();
        await world.ContactAsync(account);
        var campaign = await world.SendAsync(account, CampaignWorld.Everyone);
        var late = await world.ContactAsync(account);

        var proof = await ProveAsync(account, campaign, late);
        var error = await Expect.FailureAsync(() => ProveAsync(account, campaign, new Contact { ContactId = 999 }));

        Assert.Null(proof.Recipient);
        Assert.Equal((false, "There was no such contact then."), (proof.Sources[0].Matches, proof.Sources[0].Problem));
        error.Is(StatusCode.NotFound, ErrorReason.NotFound);
    }

    private async Task<ExplainRecipientResponse> ProveAsync(string account, Campaign campaign, Contact contact) =>
        await world.Campaigns.ExplainRecipientAsync(new() { Account = account, CampaignId = campaign.CampaignId, ContactId = contact.ContactId });

    private async Task<Segment> SegmentAsync(string account, string name, string text) =>
        (await world.Apps.Segments.CreateSegmentAsync(new() { Account = account, Segment = new() { Name = name }, Text = text })).Segment;

    private async Task RenameAsync(string account, Contact contact, string firstName) => await world.Apps.Contacts.UpdateContactAsync(new()
    {
        Account = account,
        Contact = new() { ContactId = contact.ContactId, FirstName = firstName },
        UpdateMask = new() { Paths = { "first_name" } },
    });
}
