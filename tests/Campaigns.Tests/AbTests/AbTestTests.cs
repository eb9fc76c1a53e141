using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;
using Rule = Crm.Campaigns.V1.AbTest.Types.Rule;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Tests.AbTests;

public sealed class AbTestTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private const int Contacts = 60;

    [Fact]
    public async Task The_rest_waits_until_the_winner_is_known_and_then_gets_it()
    {
        var (account, campaign) = await ArrangeAsync(Test(Rule.Opened, TimeSpan.FromHours(4)));
        await SendAsync(account, campaign);
        var tested = await Eventually.ReadAsync(() => GetAsync(account, campaign), c => c.AbTest.DecideTime is not null);
        var ledger = await world.LedgerAsync(account, campaign);
        var ofB = ledger.Where(r => r.Variant == "B").Select(r => r.ContactId).ToList();
        await OpenAsync(account, campaign, ofB);

        await world.ExecuteAsync("UPDATE campaigns.campaign SET ab_decide_at = now() WHERE campaign_id = @id", new { id = Guid.Parse(campaign) });
        var sent = await world.WaitForCampaignAsync(account, campaign, State.Sent);

        Assert.InRange(tested.AbTest.DecideTime.ToDateTime(), DateTime.UtcNow.AddHours(3), DateTime.UtcNow.AddHours(4));
        Assert.Contains(ledger, r => r.Variant == "A");
        Assert.All(ledger.Where(r => r.Variant == ""), r => Assert.Equal((Recipient.Types.State.Pending, 0), (r.State, r.Attempts)));
        Assert.Equal("B", sent.AbTest.Winner);
        Assert.Equal($"A: 0% opened (0 of {ledger.Count(r => r.Variant == "A")}), B: 100% opened ({ofB.Count} of {ofB.Count})", sent.AbTest.Decision);
        Assert.Equal(Contacts, sent.Counts.Accepted);
        Assert.Equal(
            ledger.ToDictionary(r => r.Address, r => r.Variant == "A" ? "Subject A" : "Subject B"),
            world.Mail.Messages.Where(m => m.Recipients[0].EndsWith($"@{account}.example", StringComparison.Ordinal))
                .ToDictionary(m => m.Recipients[0], m => m.Header("Subject")!));
    }

    [Fact]
    public async Task Statistics_tell_the_variants_apart_and_the_test_from_the_rest()
    {
        var (account, campaign) = await ArrangeAsync(Test(Rule.Manual));
        await SendAsync(account, campaign);
        await TestSentAsync(account, campaign);
        await OpenAsync(account, campaign, [(await world.LedgerAsync(account, campaign)).First(r => r.Variant == "A").ContactId]);
        await ChooseAsync(account, campaign, "A");
        await world.WaitForCampaignAsync(account, campaign, State.Sent);

        var variants = (await world.Campaigns.GetCampaignStatisticsAsync(new() { Account = account, CampaignId = campaign })).Variants;

        Assert.Equal([("A", false, 1), ("A", true, 0), ("B", false, 0)], variants.Select(v => (v.Variant, v.Rest, v.Opened)));
        Assert.Equal(Contacts, variants.Sum(v => v.Accepted));
    }

    [Fact]
    public async Task A_winner_chosen_by_hand_is_final()
    {
        var (account, campaign) = await ArrangeAsync(Test(Rule.Manual));
        await SendAsync(account, campaign);
        await world.WaitForCampaignAsync(account, campaign, State.Sending);

        var unknown = await Expect.FailureAsync(() => ChooseAsync(account, campaign, "Z"));
        var chosen = await ChooseAsync(account, campaign, "B");
        var again = await Expect.FailureAsync(() => ChooseAsync(account, campaign, "A"));

        Assert.Equal(("B", "Chosen by anonymous."), (chosen.AbTest.Winner, chosen.AbTest.Decision));
        unknown.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField);
        again.Is(StatusCode.FailedPrecondition, ErrorReason.WrongState);
        Assert.Equal(Contacts, (await world.WaitForCampaignAsync(account, campaign, State.Sent)).Counts.Accepted);
    }

    [Fact]
    public async Task A_test_on_everybody_has_no_rest_and_no_winner()
    {
        var test = Test(Rule.Clicked);
        test.Percent = 100;
        var (account, campaign) = await ArrangeAsync(test);

        await SendAsync(account, campaign);
        var sent = await world.WaitForCampaignAsync(account, campaign, State.Sent);

        Assert.Equal((Contacts, ""), (sent.Counts.Accepted, sent.AbTest.Winner));
        Assert.All(await world.LedgerAsync(account, campaign), r => Assert.Contains(r.Variant, (string[])["A", "B"]));
    }

    [Fact]
    public async Task A_paused_test_keeps_its_variants_and_cancelling_skips_the_rest()
    {
        var (account, campaign) = await ArrangeAsync(Test(Rule.Manual));
        await SendAsync(account, campaign);
        await TestSentAsync(account, campaign);
        var before = await world.LedgerAsync(account, campaign);

        await world.Campaigns.PauseCampaignAsync(new() { Account = account, CampaignId = campaign });
        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign });
        await world.Campaigns.CancelCampaignAsync(new() { Account = account, CampaignId = campaign });

        var after = await world.LedgerAsync(account, campaign);
        Assert.Equal(
            before.Select(r => r.Variant == "" ? Recipient.Types.State.Skipped : Recipient.Types.State.Accepted), after.Select(r => r.State));
        Assert.Equal(before.Select(r => r.Variant), after.Select(r => r.Variant));
    }

    [Fact]
    public async Task A_preview_shows_the_variant_of_the_contact_or_the_one_asked_for()
    {
        var (account, campaign) = await ArrangeAsync(Test(Rule.Manual));
        await SendAsync(account, campaign);
        await TestSentAsync(account, campaign);
        var ofB = (await world.LedgerAsync(account, campaign)).First(r => r.Variant == "B").ContactId;

        var own = await world.Campaigns.PreviewMessageAsync(new() { Account = account, CampaignId = campaign, ContactId = ofB });
        var other = await world.Campaigns.PreviewMessageAsync(new() { Account = account, CampaignId = campaign, ContactId = ofB, Variant = "A" });

        Assert.Equal(("B", "Subject B"), (own.Variant, own.Message.Subject));
        Assert.Equal(("A", "Subject A"), (other.Variant, other.Message.Subject));
    }

    [Fact]
    public async Task Refuses_a_bad_test_and_names_every_field()
    {
        var test = new AbTest { Percent = 0, Variants = { new Variant { Name = "A", Subject = "x\ny" }, new Variant { Name = "A" }, new Variant { Name = "C" } } };

        var error = await Expect.FailureAsync(() => ArrangeAsync(test));

        error.Is(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            "campaign.ab_test.percent",
            "campaign.ab_test.rule",
            "campaign.ab_test.decide_after",
            "campaign.ab_test.variants[0].subject",
            "campaign.ab_test.variants[1].name",
            "campaign.ab_test.variants[2]");
    }

    [Fact]
    public async Task Refuses_a_variant_whose_template_does_not_parse()
    {
        var test = Test(Rule.Manual);
        test.Variants[1].Text = "{{ contact.first_name";

        var error = await Expect.FailureAsync(() => ArrangeAsync(test));

        error.Is(StatusCode.InvalidArgument, ErrorReason.TemplateInvalid);
    }

    private static AbTest Test(Rule rule, TimeSpan? decideAfter = null) => new()
    {
        Percent = 50,
        Rule = rule,
        DecideAfter = decideAfter is { } time ? Duration.FromTimeSpan(time) : rule == Rule.Manual ? null : Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
        Variants = { new Variant { Name = "A", Subject = "Subject A" }, new Variant { Name = "B", Subject = "Subject B" } },
    };

    private async Task<(string Account, string Campaign)> ArrangeAsync(AbTest test)
    {
        var account = await world.Apps.NewAccountAsync();
        await Parallel.ForEachAsync(Enumerable.Range(1, Contacts), async (i, _) => await world.NewContactAsync(account, $"{i}@{account}.example"));
        var campaign = new Campaign
        {
            Name = "Spring",
            Message = CampaignWorld.Text("Spring"),
            Audience = new Audience { Include = { CampaignWorld.Everyone } },
            AbTest = test,
        };
        return (account, (await world.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = campaign })).Campaign.CampaignId);
    }

    private Task SendAsync(string account, string campaign) =>
        world.Campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign }).ResponseAsync;

    private async Task<Campaign> GetAsync(string account, string campaign) =>
        (await world.Campaigns.GetCampaignAsync(new() { Account = account, CampaignId = campaign })).Campaign;

    private Task<List<Recipient>> TestSentAsync(string account, string campaign) => Eventually.ReadAsync(
        () => world.LedgerAsync(account, campaign),
        ledger => ledger.Count > 0 && ledger.All(r => r.State == (r.Variant == "" ? Recipient.Types.State.Pending : Recipient.Types.State.Accepted)));

    private async Task<Campaign> ChooseAsync(string account, string campaign, string variant) =>
        (await world.Campaigns.ChooseVariantAsync(new() { Account = account, CampaignId = campaign, Variant = variant })).Campaign;

    private Task OpenAsync(string account, string campaign, IEnumerable<int> contacts) => world.Activities.RecordActivitiesAsync(new()
    {
        Account = account,
        Activities = { contacts.Select(contact => new Crm.Activity.V1.Activity { ContactId = contact, Kind = Kind.Opened, CampaignId = campaign }) },
    }).ResponseAsync;
}
