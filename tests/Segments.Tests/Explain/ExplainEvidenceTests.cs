using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Tests.Data;
using TagSegments.Segments.Tests.Past;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Explain;

/// <summary>The evidence in an explanation, on data written through the real services.</summary>
public sealed class ExplainEvidenceTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Activity_tells_the_window_the_count_and_the_last_time_with_its_campaign()
    {
        var account = await PastAccount.NewAsync(Apps);
        var contact = await account.NewContactAsync();
        var campaign = (await Apps.Campaigns.CreateCampaignAsync(new()
        {
            Account = account.Name,
            Campaign = new Crm.Campaigns.V1.Campaign { Name = "Spring", Message = new Crm.Campaigns.V1.Message { Subject = "x", Text = "x" } },
        })).Campaign;
        var now = DateTime.UtcNow;
        await OpenedAsync(account, contact, now.AddDays(-3), campaign.CampaignId);
        await OpenedAsync(account, contact, now.AddDays(-5), "");
        await OpenedAsync(account, contact, now.AddDays(-20), "");

        var answer = await ExplainAsync(account, contact, "opened email at least 3 times in last 7 days");

        var (explanation, end) = (answer.Explanation, answer.EvaluationTime.ToDateTime());
        Assert.Equal((false, 2, 3), (explanation.Matches, explanation.Count, explanation.CountInAll));
        var window = Assert.Single(explanation.Windows);
        Assert.Equal("UTC", window.Zone);
        Assert.StartsWith($"{end.AddDays(-7):yyyy-MM-ddTHH:mm:ss}", window.From, StringComparison.Ordinal);
        Assert.Equal([("Spring", true), ("", true), ("", false)], explanation.Events.Select(e => (e.CampaignName, e.InWindow)));
        Assert.Matches("^2 times from .* until .* \\(UTC\\), last .*, 3 days ago of campaign \"Spring\"; 3 times in all$", explanation.Actual);
    }

    [Fact]
    public async Task Events_that_counted_are_shown_with_their_properties_and_sum()
    {
        var account = await PastAccount.NewAsync(Apps);
        var contact = await account.NewContactAsync();
        string[] purchases = ["{\"total\": 120, \"category\": \"Shoes\"}", "{\"total\": \"80.5\", \"category\": \"Shoes\"}", "{\"total\": 500, \"category\": \"Hats\"}"];
        foreach (var (properties, i) in purchases.Select((properties, i) => (properties, i)))
        {
            await account.Apps.Activity.RecordActivitiesAsync(new()
            {
                Account = account.Name,
                Activities =
                {
                    new Activity
                    {
                        ContactId = contact,
                        Kind = Activity.Types.Kind.Custom,
                        EventName = "Purchase",
                        Time = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(-1 - i)),
                        Properties = Struct.Parser.ParseJson(properties),
                    },
                },
            });
        }

        var shoes = (await ExplainAsync(account, contact, "did \"Purchase\" (category = \"Shoes\" AND total > 50) at least 2 times in last 90 days")).Explanation;
        var sum = (await ExplainAsync(account, contact, "sum of total of events \"Purchase\" (category = \"Shoes\") in last 365 days >= 200.5")).Explanation;

        Assert.Equal((true, 2, 2), (shoes.Matches, shoes.Count, shoes.CountInAll));
        Assert.Equal(["{\"total\": 120, \"category\": \"Shoes\"}", "{\"total\": \"80.5\", \"category\": \"Shoes\"}"], shoes.Events.Select(e => e.Properties));
        Assert.Equal((true, "200.5", 2), (sum.Matches, sum.AmountSum, sum.Count));
        Assert.Contains("2 times, together 200.5,", sum.Actual, StringComparison.Ordinal);
        Assert.Equal("", shoes.AmountSum);
    }

    [Fact]
    public async Task A_bounce_tells_whether_it_was_hard_or_soft()
    {
        var account = await PastAccount.NewAsync(Apps);
        var contact = await account.NewContactAsync();
        var now = DateTime.UtcNow;
        Activity Bounced(int daysAgo, Activity.Types.Bounce bounce) => new()
        {
            ContactId = contact,
            Kind = Activity.Types.Kind.Bounced,
            Bounce = bounce,
            Time = Timestamp.FromDateTime(now.AddDays(-daysAgo)),
            Detail = "550",
        };
        await Apps.Activity.RecordActivitiesAsync(new()
        {
            Account = account.Name,
            Activities = { Bounced(1, Activity.Types.Bounce.Soft), Bounced(2, Activity.Types.Bounce.Hard), Bounced(3, Activity.Types.Bounce.Unspecified) },
        });

        var explanation = (await ExplainAsync(account, contact, "bounced email")).Explanation;

        Assert.Equal([("soft", "550"), ("hard", "550"), ("", "550")], explanation.Events.Select(e => (e.Bounce, e.Detail)));
        Assert.Matches("^3 times in all, last .* ago, soft$", explanation.Actual);
        var hard = (await ExplainAsync(account, contact, "bounced email (hard) in last 1 day")).Explanation;
        Assert.Equal((false, 0, 1, "hard"), (hard.Matches, hard.Count, hard.CountInAll, Assert.Single(hard.Events).Bounce));
    }

    [Fact]
    public async Task Clicks_on_a_link_are_shown_with_it()
    {
        var account = await PastAccount.NewAsync(Apps);
        var contact = await account.NewContactAsync();
        await Apps.Activity.RecordActivitiesAsync(new()
        {
            Account = account.Name,
            Activities =
            {
                new[] { "https://x.example/pricing?a", "https://x.example/blog", "https://x.example/pricing" }.Select((link, i) => new Activity
                {
                    ContactId = contact, Kind = Activity.Types.Kind.Clicked, Time = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(-i - 1)), Detail = link,
                }),
            },
        });

        var explanation = (await ExplainAsync(account, contact, "clicked email (link contains \"/pricing\")")).Explanation;

        Assert.Equal((true, 2, 2), (explanation.Matches, explanation.Count, explanation.CountInAll));
        Assert.Equal(["https://x.example/pricing?a", "https://x.example/pricing"], explanation.Events.Select(e => e.Detail));
        Assert.Equal("clicked email (link contains \"/pricing\")", explanation.Text);
    }

    [Fact]
    public async Task Tags_tell_why_they_are_there_or_were_taken_off()
    {
        var account = await PastAccount.NewAsync(Apps);
        var contact = await account.NewContactAsync();
        var (bulk, gone) = (await account.NewTagAsync("Bulk"), await account.NewTagAsync("Gone"));
        var cause = new Cause { Kind = Cause.Types.Kind.Workflow, Id = "run-7", Detail = "node-2" };
        await Apps.Tags.AddTagsAsync(new AddTagsRequest { Account = account.Name, ContactId = contact, TagIds = { bulk, gone }, Cause = cause });
        await account.RemoveTagsAsync(contact, gone);

        var explanation = (await ExplainAsync(account, contact, "has all tags (\"Bulk\", \"Gone\")")).Explanation;

        Assert.Equal([("Bulk", true, "run-7"), ("Gone", false, "")], explanation.Tags.Select(tag => (tag.Name, tag.Has, tag.Cause.Id)));
        Assert.Matches("^has \"Bulk\" since .*Z by workflow run run-7 node-2( \\(.*\\))?; does not have \"Gone\" \\(removed .*\\)$", explanation.Actual);
    }

    [Fact]
    public async Task Opportunities_tell_which_match_and_what_the_nearest_lacks()
    {
        var account = await PastAccount.NewAsync(Apps);
        var contact = await account.NewContactAsync();
        var pipeline = await account.PipelineAsync("Sales", "New", "Won");
        await account.OpportunityAsync(contact, pipeline.Stages[0], pipeline.PipelineId, "50");
        await account.OpportunityAsync(contact, pipeline.Stages[1], pipeline.PipelineId, "700");

        var nearest = (await ExplainAsync(account, contact, "has opportunity (stage = \"Won\" AND amount > 1000)")).Explanation;
        var matching = (await ExplainAsync(account, contact, "sum of amount of opportunities (amount > 10) > 700")).Explanation;

        Assert.Equal([(2, false), (1, false)], nearest.Opportunities.Select(opportunity => (opportunity.OpportunityId, opportunity.Matches)));
        Assert.Equal(["amount > 1000"], nearest.Opportunities[0].Unmet);
        Assert.Contains("nearest is #2, Sales / Won since", nearest.Actual, StringComparison.Ordinal);
        Assert.Equal((true, 2, "750"), (matching.Matches, matching.Count, matching.AmountSum));
    }

    [Fact]
    public async Task Consents_and_suppressions_tell_source_and_time()
    {
        var account = await PastAccount.NewAsync(Apps);
        var contact = await account.NewContactAsync(new Contact { Email = "Ann@example.org" });
        var consent = new Consent { Channel = Channel.Email, State = Consent.Types.State.Subscribed, Source = "web form" };
        await Apps.Contacts.SetConsentAsync(new() { Account = account.Name, ContactId = contact, Consent = consent });
        await Apps.Activity.AddSuppressionAsync(new()
        {
            Account = account.Name,
            Suppression = new Suppression
            {
                Channel = Channel.Email,
                Address = "ann@example.org",
                Reason = Suppression.Types.Reason.Manual,
                Source = "her letter",
            },
        });

        var members = (await ExplainAsync(account, contact, "subscribed to email AND suppressed for email AND suppressed for sms")).Explanation.Members;

        Assert.Equal(("web form", true), (members[0].Consent.Source, members[0].Consent.Time is not null));
        Assert.Matches("^subscribed since .*Z, source \"web form\"$", members[0].Actual);
        Assert.Equal(("her letter", "manual", true), (members[1].Consent.Source, members[1].Consent.SuppressionReason, members[1].Consent.Time is not null));
        Assert.Matches("^ann@example.org is suppressed since .*Z, source \"her letter\": manual$", members[1].Actual);
        Assert.Equal("no address", members[2].Actual);
    }

    [Fact]
    public async Task Anniversaries_and_windows_are_those_of_the_contacts_zone()
    {
        var account = await PastAccount.NewAsync(Apps);
        await account.CreateFieldAsync("birthday", Crm.Contacts.V1.Field.Types.Type.Date);
        // The two are a day apart for most of the day, and 25 hours at all times.
        var (east, west) = (await BornAsync(account, "Pacific/Kiritimati"), await BornAsync(account, "Pacific/Pago_Pago"));

        foreach (var (contact, zone) in new[] { (east, "Pacific/Kiritimati"), (west, "Pacific/Pago_Pago") })
        {
            var answer = await ExplainAsync(account, contact, "anniversary of birthday is today in contact zone");
            var today = TimeZoneInfo.ConvertTime(answer.EvaluationTime.ToDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById(zone)).Date;

            var window = Assert.Single(answer.Explanation.Windows);
            Assert.Equal((zone, $"{today:yyyy-MM-dd}", $"{today.AddDays(1):yyyy-MM-dd}"), (window.Zone, window.From, window.Until));
            var leap = DateTime.IsLeapYear(today.Year) ? 29 : 28;
            var coming = today <= new DateTime(today.Year, 2, leap) ? today.Year : today.Year + 1;
            Assert.Equal($"{coming}-02-{(DateTime.IsLeapYear(coming) ? 29 : 28)}", answer.Explanation.Field.Anniversary);
        }
    }

    private static Task<int> BornAsync(PastAccount account, string zone) => account.NewContactAsync(
        new Contact { FirstName = "Leap", TimeZone = zone, Fields = TestAccount.Values("birthday", Value.ForString("2000-02-29")) });

    private async Task OpenedAsync(PastAccount account, int contactId, DateTime at, string campaignId) => await Apps.Activity.RecordActivitiesAsync(new()
    {
        Account = account.Name,
        Activities = { new Activity { ContactId = contactId, Kind = Activity.Types.Kind.Opened, Channel = Channel.Email, Time = Timestamp.FromDateTime(at), CampaignId = campaignId } },
    });

    private async Task<ExplainContactResponse> ExplainAsync(PastAccount account, int contactId, string text) => await Segments.ExplainContactAsync(
        new ExplainContactRequest { Account = account.Name, ContactId = contactId, Source = Text(text) });
}
