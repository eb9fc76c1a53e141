using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Embedded.Smtp;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.Sending;

// The binding rules of campaigns, one test each.
public class SendingTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task The_audience_is_evaluated_when_the_campaign_is_sent()
    {
        var account = await world.Apps.NewAccountAsync();
        var (early, gone, late) = (await ContactAsync(account), await ContactAsync(account), await ContactAsync(account));
        var tag = await TagAsync(account, "Hot Lead", early, gone);
        var campaign = await CreateAsync(account, TagFilter(tag));
        await world.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Time = Timestamp.FromDateTime(DateTime.UtcNow.AddSeconds(2)) },
        });

        await TagAsync(account, "Hot Lead", late);
        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = gone.ContactId, TagIds = { tag } });
        var sent = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        Assert.Equal([early.ContactId, late.ContactId], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.ContactId));
        Assert.Equal(2, sent.Counts.Accepted);
        Assert.True(sent.EvaluationTime.ToDateTime() >= sent.Schedule.RunTime.ToDateTime());
    }

    [Fact]
    public async Task Everyone_in_the_audience_has_an_entry_with_the_reason_if_left_out()
    {
        var account = await world.Apps.NewAccountAsync();
        var twin = $"{Guid.NewGuid():N}@x.example";
        await ContactAsync(account, twin);
        await ContactAsync(account, twin.ToUpperInvariant());
        await ContactAsync(account, "");
        await MakeInvalidAsync(account, await ContactAsync(account));
        await ContactAsync(account, change: c => c.DoNotDisturb = true);
        var optedOut = $"{Guid.NewGuid():N}@x.example";
        await ContactAsync(account, optedOut);
        await UnsubscribeAsync(account, await ContactAsync(account, optedOut));
        await SuppressAsync(account, (await ContactAsync(account)).Email);

        var campaign = await SendAsync(account, Everyone);

        var ledger = await world.LedgerAsync(account, campaign.CampaignId);
        Assert.Equal(
            [
                0, Reason.DuplicateAddress, Reason.NoAddress, Reason.InvalidAddress, Reason.DoNotDisturb, Reason.AddressOptedOut,
                Reason.Unsubscribed, Reason.Suppressed,
            ],
            ledger.Select(r => r.Reason));
        Assert.Single(world.Mail.Messages, m => m.Recipients[0].Equals(twin, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_address_is_out_if_any_contact_with_it_opted_out_also_one_outside_of_the_audience()
    {
        var account = await world.Apps.NewAccountAsync();
        var address = $"{Guid.NewGuid():N}@x.example";
        var member = await ContactAsync(account, address);
        await UnsubscribeAsync(account, await ContactAsync(account, address));

        var campaign = await SendAsync(account, TagFilter(await TagAsync(account, "Hot Lead", member)));

        Assert.Equal(Reason.AddressOptedOut, Assert.Single(await world.LedgerAsync(account, campaign.CampaignId)).Reason);
        Assert.Empty(MailOf(member));
    }

    [Fact]
    public async Task Included_segments_are_united_and_excluded_ones_left_out()
    {
        var account = await world.Apps.NewAccountAsync();
        var contacts = new List<Contact>();
        for (var i = 0; i < 4; i++)
        {
            contacts.Add(await ContactAsync(account));
        }

        var a = await TagAsync(account, "A", contacts[0], contacts[1]);
        var b = await TagAsync(account, "B", contacts[1], contacts[2]);
        var c = await TagAsync(account, "C", contacts[2], contacts[3]);
        var audience = new Audience { Include = { TagFilter(a), TagFilter(b) }, Exclude = { TagFilter(c) } };

        var campaign = await SendAsync(account, audience);

        Assert.Equal(
            [contacts[0].ContactId, contacts[1].ContactId], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.ContactId));
    }

    [Fact]
    public async Task Asking_for_subscribed_ones_leaves_out_those_never_asked()
    {
        var account = await world.Apps.NewAccountAsync();
        var agreed = await ContactAsync(account);
        await ContactAsync(account);
        await SetConsentAsync(account, agreed, Consent.Types.State.Subscribed);

        var campaign = await SendAsync(account, new Audience { Include = { Everyone }, SubscribedOnly = true });

        Assert.Equal([0, Reason.NotSubscribed], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.Reason));
    }

    [Fact]
    public async Task After_the_snapshot_a_tag_change_drops_nobody_but_an_opt_out_or_deletion_does()
    {
        var account = await world.Apps.NewAccountAsync();
        var (untagged, suppressed, unsubscribed, deleted) =
            (await ContactAsync(account), await ContactAsync(account), await ContactAsync(account), await ContactAsync(account));
        var tag = await TagAsync(account, "Hot Lead", untagged, suppressed, unsubscribed, deleted);
        RefuseMail();
        var campaign = await CreateAsync(account, TagFilter(tag));
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sending);
        await world.Campaigns.PauseCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });

        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = untagged.ContactId, TagIds = { tag } });
        await SuppressAsync(account, suppressed.Email);
        await UnsubscribeAsync(account, unsubscribed);
        await world.Apps.Contacts.DeleteContactAsync(new() { Account = account, ContactId = deleted.ContactId });
        world.Mail.Script = null;
        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        Assert.Equal(
            [0, Reason.Suppressed, Reason.Unsubscribed, Reason.Deleted],
            (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.Reason));
        Assert.Equal([untagged.Email], MailOf(untagged, suppressed, unsubscribed, deleted));
    }

    [Fact]
    public async Task Recipients_are_tagged_when_their_message_was_accepted_and_the_cause_is_the_campaign()
    {
        var account = await world.Apps.NewAccountAsync();
        var (accepted, refused) = (await ContactAsync(account), await ContactAsync(account));
        world.Mail.Script = step =>
            step is { Stage: SmtpStage.Recipient } && step.Recipient == refused.Email ? SmtpReaction.Refuse(550, "No") : default;
        var campaign = await CreateAsync(account, Everyone, c => c.RecipientTagNames.Add("Got Spring"));

        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        var events = await CampaignWorld.WaitAsync(
            async () => (await world.Apps.Tags.ListTagEventsAsync(new() { Account = account, TagId = campaign.RecipientTagIds[0] })).Events,
            found => found.Count > 0);
        var added = Assert.Single(events);
        Assert.Equal(accepted.ContactId, added.ContactId);
        Assert.Equal((Cause.Types.Kind.Campaign, campaign.CampaignId), (added.Cause.Kind, added.Cause.Id));
    }

    [Fact]
    public async Task An_empty_audience_finishes_with_a_warning()
    {
        var account = await world.Apps.NewAccountAsync();

        var campaign = await SendAsync(account, Everyone);

        Assert.Equal(0, campaign.Counts.Total);
        Assert.Contains("empty", campaign.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_in_the_past_is_refused()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await CreateAsync(account, Everyone);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await world.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Time = Timestamp.FromDateTime(DateTime.UtcNow.AddSeconds(-5)) },
        }));

        Assert.Equal("SCHEDULE_IN_PAST", error.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task A_campaign_whose_segment_is_gone_fails_visibly_and_sends_nothing()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await ContactAsync(account);
        var segment = (await world.Apps.Segments.CreateSegmentAsync(
            new() { Account = account, Segment = new() { Name = "All", Filter = Everyone.Filter } })).Segment;
        var campaign = await CreateAsync(account, new FilterSource { SegmentId = segment.SegmentId });
        await world.Campaigns.ScheduleCampaignAsync(new()
        {
            Account = account,
            CampaignId = campaign.CampaignId,
            Schedule = new() { Time = Timestamp.FromDateTime(DateTime.UtcNow.AddSeconds(1)) },
        });

        await world.Apps.Segments.DeleteSegmentAsync(new() { Account = account, SegmentId = segment.SegmentId, Force = true });
        var failed = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Failed);

        Assert.NotEqual("", failed.Problem);
        Assert.Empty(MailOf(contact));
    }

    [Fact]
    public async Task A_campaign_whose_segment_fails_its_expectations_sends_nothing_and_says_why()
    {
        var account = await world.Apps.NewAccountAsync();
        var (member, vip) = (await ContactAsync(account), await ContactAsync(account));
        var segment = (await world.Apps.Segments.CreateSegmentAsync(
            new() { Account = account, Segment = new() { Name = "Leads", Filter = TagFilter(await TagAsync(account, "Hot Lead", member)).Filter } })).Segment;
        await world.Apps.Segments.SetSegmentExpectationsAsync(
            new() { Account = account, SegmentId = segment.SegmentId, Expectations = new() { MustInclude = { vip.ContactId } } });
        var campaign = await CreateAsync(account, new FilterSource { SegmentId = segment.SegmentId });

        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        var failed = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Failed);

        Assert.Contains("Leads", failed.Problem, StringComparison.Ordinal);
        Assert.Contains(vip.ContactId.ToString(null, null), failed.Problem, StringComparison.Ordinal);
        Assert.Empty(await world.LedgerAsync(account, campaign.CampaignId));
        Assert.Empty(MailOf(member, vip));

        await TagAsync(account, "Hot Lead", vip);
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        var sent = await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);
        Assert.Equal((2, ""), (sent.Counts.Accepted, sent.Problem));
    }

    [Fact]
    public async Task A_smart_list_is_evaluated_when_the_campaign_is_sent_with_what_was_put_in_and_left_out_by_hand()
    {
        var account = await world.Apps.NewAccountAsync();
        var (member, added, removed) = (await ContactAsync(account), await ContactAsync(account), await ContactAsync(account));
        var list = (await world.Apps.SmartLists.CreateSmartListAsync(new()
        {
            Account = account,
            SmartList = new()
            {
                Name = "Guests",
                Filter = TagFilter(await TagAsync(account, "Hot Lead", member, removed)).Filter,
                IncludeTagId = await TagAsync(account, "In", member),
                ExcludeTagId = await TagAsync(account, "Out", added),
            },
        })).SmartList;
        var campaign = await CreateAsync(account, new FilterSource { SmartListName = "Guests" });
        await TagAsync(account, "In", added);
        await TagAsync(account, "Out", removed);
        await world.Apps.Tags.RemoveTagsAsync(new() { Account = account, ContactId = added.ContactId, TagIds = { list.ExcludeTagId } });

        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);

        Assert.Equal(
            [member.ContactId, added.ContactId], (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.ContactId));
    }

    [Fact]
    public async Task A_cancelled_campaign_skips_what_has_not_left()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await ContactAsync(account);
        RefuseMail();
        var campaign = await CreateAsync(account, Everyone);
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sending);

        await world.Campaigns.CancelCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        world.Mail.Script = null;

        Assert.Equal(Reason.Cancelled, Assert.Single(await world.LedgerAsync(account, campaign.CampaignId)).Reason);
        // Another campaign gets through on the same lanes, so the cancelled message had its chance.
        await SendAsync(account, Everyone);
        Assert.Single(MailOf(contact));
    }

    [Fact]
    public async Task Statistics_tell_what_recipients_did()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await ContactAsync(account);
        await ContactAsync(account, "");
        var campaign = await SendAsync(account, Everyone);
        await world.Activities.RecordActivitiesAsync(new()
        {
            Account = account,
            Activities =
            {
                new Crm.Activity.V1.Activity { ContactId = contact.ContactId, Kind = Kind.Opened, CampaignId = campaign.CampaignId },
                new Crm.Activity.V1.Activity { ContactId = contact.ContactId, Kind = Kind.Opened, CampaignId = campaign.CampaignId },
                new Crm.Activity.V1.Activity { ContactId = contact.ContactId, Kind = Kind.Clicked, CampaignId = campaign.CampaignId, Machine = true },
            },
        });

        var statistics = await world.Campaigns.GetCampaignStatisticsAsync(new() { Account = account, CampaignId = campaign.CampaignId });

        Assert.Equal((2, 1, 1), (statistics.Counts.Total, statistics.Counts.Accepted, statistics.Counts.Skipped));
        Assert.Equal((1, 2, 0, 1), (statistics.Opened, statistics.Opens, statistics.Clicked, statistics.Clicks));
        Assert.Equal(2, statistics.Hours.Sum(h => h.Opens));
        Assert.Equal((0, 1), (Assert.Single(statistics.Links).Clicked, statistics.Links[0].Clicks));
        Assert.Equal(new ReasonCount { Reason = Reason.NoAddress, Count = 1 }, Assert.Single(statistics.Reasons));
    }

    [Fact]
    public async Task Proves_why_a_contact_got_it_or_not()
    {
        var account = await world.Apps.NewAccountAsync();
        var (got, other) = (await ContactAsync(account), await ContactAsync(account));
        var tag = await TagAsync(account, "Hot Lead", got);
        var campaign = await SendAsync(account, TagFilter(tag));

        var proof = await world.Campaigns.ExplainRecipientAsync(
            new() { Account = account, CampaignId = campaign.CampaignId, ContactId = got.ContactId });
        var counterproof = await world.Campaigns.ExplainRecipientAsync(
            new() { Account = account, CampaignId = campaign.CampaignId, ContactId = other.ContactId });

        Assert.Equal(Recipient.Types.State.Accepted, proof.Recipient.State);
        Assert.Equal(campaign.EvaluationTime, proof.EvaluationTime);
        Assert.Equal([Kind.Sent], proof.Activities.Select(a => a.Kind));
        Assert.True(Assert.Single(proof.Sources).Matches);
        Assert.Null(counterproof.Recipient);
        Assert.False(Assert.Single(counterproof.Sources).Matches);
    }

    // A lane may have a connection already.
    private void RefuseMail() =>
        world.Mail.Script = step => step.Stage is SmtpStage.Connect or SmtpStage.Mail ? SmtpReaction.Refuse(421, "Later") : default;

    private static FilterSource Everyone => CampaignWorld.Everyone;

    private static FilterSource TagFilter(int tagId) =>
        new() { Filter = new Filter { Tag = new TagClause { Match = TagClause.Types.Match.Any, TagIds = { tagId } } } };

    private Task<Contact> ContactAsync(string account, string? email = null, Action<Contact>? change = null) =>
        world.NewContactAsync(account, email ?? $"{Guid.NewGuid():N}@x.example", change);

    private async Task<int> TagAsync(string account, string name, params Contact[] contacts)
    {
        foreach (var contact in contacts)
        {
            await world.Apps.Tags.AddTagsAsync(
                new AddTagsRequest { Account = account, ContactId = contact.ContactId, TagNames = { name }, CreateMissing = true });
        }

        return (await world.Apps.Tags.GetTagAsync(new() { Account = account, Name = name })).Tag.TagId;
    }

    // The contact service refuses such an address; an import of old data may have brought it.
    private Task MakeInvalidAsync(string account, Contact contact) => world.ExecuteAsync(
        """
        UPDATE crm.contact c SET email = 'not an address', email_key = 'not an address'
        FROM crm.account a
        WHERE a.account_id = c.account_id AND a.name = @account AND c.contact_id = @ContactId
        """,
        new { account, contact.ContactId });

    private Task SuppressAsync(string account, string address) => world.Activities.AddSuppressionAsync(new()
    {
        Account = account,
        Suppression = new() { Address = address, Reason = Crm.Activity.V1.Suppression.Types.Reason.Complained },
    }).ResponseAsync;

    private Task UnsubscribeAsync(string account, Contact contact) => SetConsentAsync(account, contact, Consent.Types.State.Unsubscribed);

    private Task SetConsentAsync(string account, Contact contact, Consent.Types.State state) => world.Apps.Contacts.SetConsentAsync(
        new() { Account = account, ContactId = contact.ContactId, Consent = new() { Channel = Channel.Email, State = state } }).ResponseAsync;

    private Task<Campaign> CreateAsync(string account, FilterSource include, Action<Campaign>? change = null) =>
        CreateAsync(account, new Audience { Include = { include } }, change);

    private async Task<Campaign> CreateAsync(string account, Audience audience, Action<Campaign>? change = null)
    {
        var campaign = new Campaign { Name = Guid.NewGuid().ToString(), Message = CampaignWorld.Text("Spring"), Audience = audience };
        change?.Invoke(campaign);
        return (await world.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign;
    }

    private Task<Campaign> SendAsync(string account, FilterSource include) => SendAsync(account, new Audience { Include = { include } });

    private async Task<Campaign> SendAsync(string account, Audience audience)
    {
        world.Mail.Script = null;
        var campaign = await CreateAsync(account, audience);
        await world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        return await world.WaitForCampaignAsync(account, campaign.CampaignId, State.Sent);
    }

    private List<string> MailOf(params Contact[] contacts) =>
        [.. world.Mail.Messages.SelectMany(m => m.Recipients).Where(r => contacts.Any(c => c.Email == r))];
}
