using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using ActivityKind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.EndToEnd.Tests.People;

/// <summary>Finding 10: what an erasure promises besides that nothing is left.</summary>
public sealed class ErasurePromiseTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private TestApps Apps => shared.Apps;

    [Fact]
    public async Task A_repeated_call_has_the_same_answer_and_no_further_effect()
    {
        var account = await TestAccount.NewAsync(Apps);
        var contactId = await account.NewContactAsync(new() { Email = "ada@x.example" });
        var request = new EraseContactRequest { Account = account.Name, Email = "Ada@x.example", RequestId = "erase" };

        var first = await Apps.Contacts.EraseContactAsync(request);
        await FinishedAsync(account);
        var again = await Apps.Contacts.EraseContactAsync(request);

        Assert.Equal(first, again);
        Assert.Equal([contactId], first.Erasures.Select(erasure => erasure.ContactId));
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.RequestIdReused, () => Apps.Contacts.EraseContactAsync(new(request) { Email = "bob@x.example" }).ResponseAsync);
    }

    [Fact]
    public async Task An_erased_contact_is_shown_no_more_and_cannot_come_back()
    {
        var account = await TestAccount.NewAsync(Apps);
        var contactId = await account.NewContactAsync(new() { Email = "ada@x.example", ExternalId = "7" });

        await Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = contactId });

        var contact = await account.GetContactAsync(contactId);
        Assert.Equal(("", "", true), (contact.Email, contact.ExternalId, contact.EraseTime is not null && contact.DeleteTime is not null));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => account.RestoreContactAsync(contactId));
        await FinishedAsync(account);
        Assert.NotEqual(contactId, await account.NewContactAsync(new() { Email = "ada@x.example", ExternalId = "7" }));
    }

    [Fact]
    public async Task Nobody_is_erased_who_does_not_exist()
    {
        var account = await TestAccount.NewAsync(Apps);

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = 17 }).ResponseAsync);
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ExternalId = "x" }).ResponseAsync);
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => Apps.Contacts.EraseContactAsync(new() { Account = account.Name }).ResponseAsync, "contact_id");
        Assert.Empty((await Apps.Contacts.EraseContactAsync(new() { Account = account.Name, Email = "nobody@x.example" })).Erasures);
    }

    [Theory]
    [InlineData(false, Consent.Types.State.Unsubscribed)]
    [InlineData(true, Consent.Types.State.Never)]
    public async Task A_refusal_outlives_the_erasure_unless_it_is_to_be_forgotten(bool forget, Consent.Types.State expected)
    {
        var account = await TestAccount.NewAsync(Apps);
        var contactId = await account.NewContactAsync(new() { Email = "ada@x.example" });
        await Apps.Activity.AddSuppressionAsync(new()
        {
            Account = account.Name,
            Suppression = new() { Address = "ada@x.example", Reason = Crm.Activity.V1.Suppression.Types.Reason.Complained },
        });

        await Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = contactId, ForgetRefusals = forget });
        await FinishedAsync(account);

        Assert.Empty((await Apps.Activity.ListSuppressionsAsync(new() { Account = account.Name })).Suppressions);
        var back = await account.CreateContactAsync(new() { Email = "ADA@x.example" });
        Assert.Equal(expected, back.Consents.Single(consent => consent.Channel is Channel.Email).State);
        var counted = await CountAsync(account, "unsubscribed from email");
        Assert.Equal(expected is Consent.Types.State.Unsubscribed ? 1 : 0, counted.Count);
    }

    [Fact]
    public async Task A_refusal_stays_with_the_contacts_that_share_the_address()
    {
        var account = await TestAccount.NewAsync(Apps);
        var contactId = await account.NewContactAsync(new() { Email = "ada@x.example" });
        var sharing = await account.NewContactAsync(new() { Email = "ada@x.example" });
        await Apps.Contacts.SetConsentAsync(new()
        {
            Account = account.Name,
            ContactId = contactId,
            Consent = new() { Channel = Channel.Email, State = Consent.Types.State.Unsubscribed },
        });

        await Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = contactId });
        await FinishedAsync(account);

        var contact = await account.GetContactAsync(sharing);
        Assert.Equal(("ada@x.example", Consent.Types.State.Unsubscribed), (contact.Email, contact.Consents[0].State));
    }

    [Fact]
    public async Task An_earlier_instant_says_how_many_contacts_were_erased_since_and_counts_the_others_exactly()
    {
        var account = await TestAccount.NewAsync(Apps);
        var tagId = await account.NewTagAsync("Hot");
        var contacts = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            contacts.Add(await account.NewContactAsync(new() { FirstName = i < 4 ? "Ada" : "Bob", Email = $"c{i}@x.example" }));
        }

        await account.AddTagsAsync(contacts[0], tagId);
        await account.AddTagsAsync(contacts[1], tagId);
        await account.UpdateContactAsync(new() { ContactId = contacts[2], FirstName = "Cleo" }, "first_name");
        await Task.Delay(5);
        var then = DateTime.UtcNow.ToTimestamp();
        await Task.Delay(5);
        await account.UpdateContactAsync(new() { ContactId = contacts[0], FirstName = "Dora" }, "first_name");
        await account.DeleteContactAsync(contacts[5]);

        foreach (var contactId in new[] { contacts[0], contacts[5] })
        {
            await Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = contactId });
        }

        // Also while the erasure is under way.
        foreach (var _ in new[] { "before", "after" })
        {
            Assert.Equal((2, 2), Numbers(await CountAsync(account, "first_name = \"Ada\"", then)));
            Assert.Equal((1, 2), Numbers(await CountAsync(account, "has tag \"Hot\"", then)));
            Assert.Equal((4, 2), Numbers(await CountAsync(account, "everyone", then)));
            Assert.Equal((2, 2), Numbers(await CountAsync(account, "first_name != \"Ada\"", then)));
            Assert.Equal((2, 0), Numbers(await CountAsync(account, "first_name = \"Ada\"")));
            Assert.Equal((1, 0), Numbers(await CountAsync(account, "has tag \"Hot\"")));
            await FinishedAsync(account);
        }
    }

    [Fact]
    public async Task Expectations_let_go_of_an_erased_contact()
    {
        var account = await TestAccount.NewAsync(Apps);
        var contactId = await account.NewContactAsync();
        var segment = (await Apps.Segments.CreateSegmentAsync(new() { Account = account.Name, Segment = new() { Name = "All" }, Text = "everyone" })).Segment;
        await Apps.Segments.SetSegmentExpectationsAsync(new()
        {
            Account = account.Name,
            SegmentId = segment.SegmentId,
            Expectations = new() { MustInclude = { contactId } },
        });

        await Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = contactId });
        await FinishedAsync(account);

        var found = (await Apps.Segments.GetSegmentAsync(new() { Account = account.Name, SegmentId = segment.SegmentId })).Segment;
        Assert.Empty(found.Expectations?.MustInclude ?? []);
    }

    [Fact]
    public async Task What_comes_late_about_an_erased_contact_counts_for_its_campaign_and_says_nothing()
    {
        var account = await TestAccount.NewAsync(Apps);
        var contactId = await account.NewContactAsync();
        await Apps.Contacts.EraseContactAsync(new() { Account = account.Name, ContactId = contactId });
        await FinishedAsync(account);

        await Apps.Activity.RecordActivitiesAsync(new()
        {
            Account = account.Name,
            Activities =
            {
                new Crm.Activity.V1.Activity { ContactId = contactId, Kind = ActivityKind.Bounced, Channel = Channel.Email, Detail = "<ada@x.example> unknown" },
                new Crm.Activity.V1.Activity { ContactId = contactId, Kind = ActivityKind.Custom, EventName = "signup", Properties = TestAccount.Values("a", Value.ForString("Ada")) },
            },
        });

        var recorded = (await Apps.Activity.ListActivitiesAsync(new() { Account = account.Name, ContactId = contactId })).Activities;
        Assert.Equal((ActivityKind.Bounced, ""), recorded.Select(activity => (activity.Kind, activity.Detail)).Single());
    }

    private async Task<CountContactsResponse> CountAsync(TestAccount account, string filter, Timestamp? asOf = null) =>
        await Apps.Segments.CountContactsAsync(new() { Account = account.Name, Source = new() { Text = filter }, AsOf = asOf });

    private static (int, int) Numbers(CountContactsResponse counted) => (counted.Count, counted.ErasedContacts);

    private Task FinishedAsync(TestAccount account) => Eventually.ReadAsync(
        async () => (await Apps.Contacts.ListErasuresAsync(new() { Account = account.Name, Unfinished = true })).Erasures.Count,
        unfinished => unfinished == 0);
}
