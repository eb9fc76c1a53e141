using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Segments.Tests.Past;

/// <summary>Each kind of data changes, and the answer as of the instant before is the old one.</summary>
public sealed class AsOfTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Tags_are_those_of_then()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var (first, second, vip) = (await account.NewContactAsync(), await account.NewContactAsync(), await account.NewTagAsync("VIP"));
        await account.AddTagsAsync(first, vip);
        var before = await account.InstantAsync();

        await account.RemoveTagsAsync(first, vip);
        var between = await account.InstantAsync();
        await account.Apps.Tags.BulkTagAsync(new BulkTagRequest { Account = account.Name, ContactIds = { first, second }, AddTagIds = { vip } });

        const string filter = """has tag "VIP" """;
        Assert.Equal([first], await account.MatchesAsync(filter, before));
        Assert.Empty(await account.MatchesAsync(filter, between));
        Assert.Equal([first, second], await account.MatchesAsync(filter));
        Assert.Equal([second], await account.MatchesAsync("has no tag", before));
        Assert.Equal([first], await account.MatchesAsync("""tag "VIP" added in last 1 hour""", between));
    }

    [Fact]
    public async Task Contacts_are_those_who_lived_then()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var empty = await account.InstantAsync();
        var (kept, deleted) = (await account.NewContactAsync(), await account.NewContactAsync());
        var both = await account.InstantAsync();
        await account.Apps.Contacts.DeleteContactAsync(new() { Account = account.Name, ContactId = deleted });
        var one = await account.InstantAsync();
        await account.Apps.Contacts.RestoreContactAsync(new() { Account = account.Name, ContactId = deleted });

        Assert.Empty(await account.MatchesAsync("everyone", empty));
        Assert.Equal([kept, deleted], await account.MatchesAsync("first_name = \"Ada\"", both));
        Assert.Equal([kept], await account.MatchesAsync("first_name = \"Ada\"", one));
    }

    [Fact]
    public async Task Merged_contacts_are_two_again()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var (kept, duplicate) = (await account.NewContactAsync(), await account.NewContactAsync(new Contact { Phone = "+43 1" }));
        await account.AddTagsAsync(duplicate, await account.NewTagAsync("VIP"));
        var before = await account.InstantAsync();
        await account.Apps.Contacts.MergeContactsAsync(new() { Account = account.Name, ContactId = kept, DuplicateContactId = duplicate });

        const string filter = """has tag "VIP" AND phone is not empty""";
        Assert.Equal([duplicate], await account.MatchesAsync(filter, before));
        Assert.Equal([kept], await account.MatchesAsync(filter));
    }

    [Fact]
    public async Task Attributes_and_fields_have_the_values_of_then()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("score", Field.Types.Type.Number);
        var contact = await account.NewContactAsync(new Contact { FirstName = "Ada", Fields = TestAccount.Values("score", Value.ForNumber(1)) });
        var first = await account.InstantAsync();
        await account.UpdateContactAsync(new Contact { ContactId = contact, FirstName = "Eva", Fields = TestAccount.Values("score", Value.ForNumber(2)) }, "first_name", "fields.score");
        var second = await account.InstantAsync();
        await account.UpdateContactAsync(new Contact { ContactId = contact, LastName = "Li" }, "last_name", "fields.score");

        Assert.Equal([contact], await account.MatchesAsync("first_name = \"Ada\" AND last_name is empty AND score = 1", first));
        Assert.Equal([contact], await account.MatchesAsync("first_name = \"Eva\" AND last_name is empty AND score = 2", second));
        Assert.Equal([contact], await account.MatchesAsync("first_name = \"Eva\" AND last_name = \"Li\" AND score is empty"));
    }

    [Fact]
    public async Task The_time_of_the_last_change_is_that_of_then()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var contact = await account.NewContactAsync();
        var first = await account.InstantAsync();
        await account.UpdateContactAsync(new Contact { ContactId = contact, FirstName = "Eva" }, "first_name");
        var second = await account.InstantAsync();
        await account.Apps.Contacts.SetConsentAsync(Subscribes(account, contact));

        var filter = $"updated since {first.ToDateTime():O}";
        Assert.Empty(await account.MatchesAsync(filter, first));
        Assert.Equal([contact], await account.MatchesAsync(filter, second));
        Assert.Empty(await account.MatchesAsync($"updated since {second.ToDateTime():O}", second));
        Assert.Equal([contact], await account.MatchesAsync($"updated since {second.ToDateTime():O}"));
    }

    [Fact]
    public async Task Consent_and_do_not_disturb_are_those_of_then()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var contact = await account.NewContactAsync();
        var before = await account.InstantAsync();
        await account.Apps.Contacts.SetConsentAsync(Subscribes(account, contact));
        await account.UpdateContactAsync(new Contact { ContactId = contact, DoNotDisturb = true }, "do_not_disturb");

        Assert.Equal([contact], await account.MatchesAsync("never asked for email AND do_not_disturb = false", before));
        Assert.Equal([contact], await account.MatchesAsync("subscribed to email AND do_not_disturb = true"));
    }

    [Fact]
    public async Task Suppression_is_that_of_then_also_of_an_address_that_changed()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var contact = await account.NewContactAsync(new Contact { Email = "Ada@Example.org" });
        var suppression = new Suppression { Channel = Channel.Email, Address = "ada@example.org", Reason = Suppression.Types.Reason.Manual };
        var before = await account.InstantAsync();
        await account.Apps.Activity.AddSuppressionAsync(new() { Account = account.Name, Suppression = suppression });
        var suppressed = await account.InstantAsync();
        await account.UpdateContactAsync(new Contact { ContactId = contact, Email = "eva@example.org" }, "email");
        var changed = await account.InstantAsync();
        await account.Apps.Activity.RemoveSuppressionAsync(new() { Account = account.Name, Address = "ada@example.org", Proof = "asked" });

        const string filter = "suppressed for email";
        Assert.Empty(await account.MatchesAsync(filter, before));
        Assert.Equal([contact], await account.MatchesAsync(filter, suppressed));
        Assert.Empty(await account.MatchesAsync(filter, changed));
    }

    [Fact]
    public async Task Opportunities_are_those_of_then()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var (contact, other) = (await account.NewContactAsync(), await account.NewContactAsync());
        var pipeline = await account.PipelineAsync("Sales", "New", "Won");
        var none = await account.InstantAsync();
        var deal = await account.OpportunityAsync(contact, pipeline.Stages[0], pipeline.PipelineId, "100");
        var open = await account.InstantAsync();
        deal.StageId = pipeline.Stages[1].StageId;
        deal.Status = Opportunity.Types.Status.Won;
        deal.ContactId = other;
        await account.UpdateOpportunityAsync(deal, "stage_id", "status", "contact_id");

        var moved = $"has opportunity (stage_since since {open.ToDateTime():O})";
        Assert.Empty(await account.MatchesAsync("has opportunity", none));
        Assert.Equal([contact], await account.MatchesAsync("has opportunity (stage = \"New\" AND status = \"open\" AND amount = 100)", open));
        Assert.Empty(await account.MatchesAsync(moved, open));
        Assert.Equal([other], await account.MatchesAsync(moved));
    }

    [Fact]
    public async Task What_changes_while_an_opportunity_has_no_contact_does_not_reach_back()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var (contact, pipeline) = (await account.NewContactAsync(), await account.PipelineAsync("Sales", "New"));
        var deal = await account.OpportunityAsync(contact, pipeline.Stages[0], pipeline.PipelineId, "100");
        var before = await account.InstantAsync();
        deal.ContactId = 0;
        deal.Version = 0;
        await account.UpdateOpportunityAsync(deal, "contact_id");
        deal.Amount = "200";
        await account.UpdateOpportunityAsync(deal, "amount");

        Assert.Equal([contact], await account.MatchesAsync("has opportunity (amount = 100)", before));
        Assert.Empty(await account.MatchesAsync("has opportunity"));
    }

    [Fact]
    public async Task Activity_counts_if_it_had_been_recorded_by_then()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var (early, late) = (await account.NewContactAsync(), await account.NewContactAsync());
        await account.OpenedAsync(early, DateTime.UtcNow.AddDays(-2));
        var before = await account.InstantAsync();
        await account.OpenedAsync(late, DateTime.UtcNow.AddDays(-2));

        Assert.Equal([early], await account.MatchesAsync("opened email in last 7 days", before));
        Assert.Equal([late], await account.MatchesAsync("never opened email", before));
        Assert.Equal([early, late], await account.MatchesAsync("opened email in last 7 days"));
    }

    [Fact]
    public async Task Windows_end_at_the_instant()
    {
        var account = await PastAccount.NewAsync(shared.Apps);
        var contact = await account.NewContactAsync();
        await account.OpenedAsync(contact, DateTime.UtcNow.AddMinutes(-50));
        var recorded = await account.InstantAsync();

        Assert.Equal([contact], await account.MatchesAsync("opened email in last 1 hour", recorded));
        var answer = await account.Apps.Segments.CountContactsAsync(new CountContactsRequest
        {
            Account = account.Name,
            Source = new FilterSource { Text = "everyone" },
            AsOf = recorded,
        });
        Assert.Equal(recorded, answer.EvaluationTime);
    }

    private static SetConsentRequest Subscribes(PastAccount account, int contactId) => new()
    {
        Account = account.Name,
        ContactId = contactId,
        Consent = new Consent { Channel = Channel.Email, State = Consent.Types.State.Subscribed },
    };
}
