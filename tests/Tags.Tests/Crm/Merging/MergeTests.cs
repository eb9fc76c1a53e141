using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Merging;

public sealed class MergeTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Unites_attributes_tags_consents_and_opportunities()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { FirstName = "Ada", Email = "a@example.org" });
        await account.CreateContactAsync(new() { FirstName = "Adda", ExternalId = "x", Phone = "1", DoNotDisturb = true });
        await TagAsync(account, 1, "both");
        await TagAsync(account, 2, "both", "theirs");
        await account.Apps.Contacts.SetConsentAsync(new()
        {
            Account = account.Name,
            ContactId = 2,
            Consent = new() { Channel = Channel.Email, State = State.Unsubscribed, Source = "link" },
        });
        var pipeline = (await account.Apps.Opportunities.CreatePipelineAsync(
            new() { Account = account.Name, Pipeline = new() { Name = "Sales", Stages = { new Stage { Name = "New" } } } })).Pipeline;
        await account.Apps.Opportunities.CreateOpportunityAsync(new()
        {
            Account = account.Name,
            Opportunity = new() { ContactId = 2, PipelineId = pipeline.PipelineId, StageId = pipeline.Stages[0].StageId },
        });

        var merged = await account.Apps.Contacts.MergeContactsAsync(new() { Account = account.Name, ContactId = 1, DuplicateContactId = 2 });

        Assert.Equal(
            ("Ada", "a@example.org", "x", "1", true),
            (merged.Contact.FirstName, merged.Contact.Email, merged.Contact.ExternalId, merged.Contact.Phone, merged.Contact.DoNotDisturb));
        Assert.Equal((State.Unsubscribed, "link"), (merged.Contact.Consents[0].State, merged.Contact.Consents[0].Source));
        Assert.Single(merged.AddedTagIds);
        Assert.Equal(1, merged.MovedOpportunities);
        Assert.NotNull((await account.GetContactAsync(2)).DeleteTime);
        Assert.Equal(1, Assert.Single((await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name })).Opportunities).ContactId);
        var events = (await account.Apps.Tags.ListTagEventsAsync(new() { Account = account.Name, ContactId = 1 })).Events;
        Assert.Equal((Cause.Types.Kind.Merge, "2", true), (events[0].Cause.Kind, events[0].Cause.Id, events[0].SkipWorkflows));
    }

    [Fact]
    public async Task Refuses_what_cannot_be_merged()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new());

        var same = await Expect.FailureAsync(() => account.Apps.Contacts.MergeContactsAsync(
            new() { Account = account.Name, ContactId = 1, DuplicateContactId = 1 }).ResponseAsync);
        var unknown = await Expect.FailureAsync(() => account.Apps.Contacts.MergeContactsAsync(
            new() { Account = account.Name, ContactId = 1, DuplicateContactId = 9 }).ResponseAsync);

        same.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "duplicate_contact_id");
        Assert.Equal("9", unknown.Is(StatusCode.NotFound, ErrorReason.NotFound).Metadata["id"]);
    }

    [Fact]
    public async Task Lists_the_history_of_consent_newest_first()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new());
        (Channel Channel, State State, string Source)[] recorded =
            [(Channel.Email, State.Subscribed, "form"), (Channel.Sms, State.Subscribed, "shop"), (Channel.Email, State.Unsubscribed, "link")];
        foreach (var (channel, state, source) in recorded)
        {
            await account.Apps.Contacts.SetConsentAsync(new()
            {
                Account = account.Name,
                ContactId = 1,
                Consent = new() { Channel = channel, State = state, Source = source },
            });
        }

        var changes = (await account.Apps.Contacts.ListConsentHistoryAsync(new() { Account = account.Name, ContactId = 1 })).Changes;

        Assert.Equal(recorded.Reverse(), changes.Select(change => (change.Consent.Channel, change.Consent.State, change.Consent.Source)));
    }

    private static async Task TagAsync(TestAccount account, int contactId, params string[] names) =>
        await account.Apps.Tags.AddTagsAsync(new() { Account = account.Name, ContactId = contactId, TagNames = { names }, CreateMissing = true });
}
