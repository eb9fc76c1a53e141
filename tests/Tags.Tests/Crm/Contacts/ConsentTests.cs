using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Contacts;

public sealed class ConsentTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Nobody_was_asked_at_first()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var contact = await account.CreateContactAsync(new());

        Assert.All(contact.Consents, consent => Assert.Equal(State.Never, consent.State));
        Assert.Equal([Channel.Email, Channel.Sms], contact.Consents.Select(consent => consent.Channel));
    }

    [Fact]
    public async Task Records_each_channel_with_source_and_time_and_keeps_the_history()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var contact = await account.CreateContactAsync(new());
        var time = Timestamp.FromDateTime(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        await SetAsync(account, contact, new() { Channel = Channel.Email, State = State.Subscribed, Source = "web form", Time = time });
        var unsubscribed = await SetAsync(account, contact, new() { Channel = Channel.Email, State = State.Unsubscribed, Source = "link" });

        Assert.Equal((State.Unsubscribed, "link"), (unsubscribed.Consents[0].State, unsubscribed.Consents[0].Source));
        Assert.Equal(State.Never, unsubscribed.Consents[1].State);
        Assert.Equal(
            """{"email_consent": 2, "email_consent_at": "2026-01-02T03:04:05.000000Z", "email_consent_source": "web form"}""",
            await account.QueryAsync<string>("""
                SELECT (before - 'updated_at')::text FROM crm.contact_change JOIN crm.account USING (account_id)
                WHERE name = @name AND kind = 5 ORDER BY pos DESC LIMIT 1
                """));
    }

    [Fact]
    public async Task Recording_the_present_state_changes_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var contact = await account.CreateContactAsync(new());
        await SetAsync(account, contact, new() { Channel = Channel.Sms, State = State.Subscribed, Source = "a" });
        var position = await account.PositionAsync();

        var again = await SetAsync(account, contact, new() { Channel = Channel.Sms, State = State.Subscribed, Source = "b" });

        Assert.Equal("a", again.Consents[1].Source);
        Assert.Equal(position, await account.PositionAsync());
    }

    [Fact]
    public async Task Refuses_what_is_missing_or_lies_in_the_future()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var contact = await account.CreateContactAsync(new());
        var future = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(1));

        var error = await Expect.FailureAsync(() => SetAsync(account, contact, new() { Source = new string('x', 201), Time = future }));

        Assert.Equal(
            ["consent.channel", "consent.source", "consent.state", "consent.time"],
            error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField).Fields.Order());
    }

    [Fact]
    public async Task Refuses_an_unknown_contact()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(
            () => SetAsync(account, new() { ContactId = 7 }, new() { Channel = Channel.Email, State = State.Subscribed }));

        Assert.Equal("7", error.Is(StatusCode.NotFound, ErrorReason.NotFound).Metadata["id"]);
    }

    private static async Task<Contact> SetAsync(TestAccount account, Contact contact, Consent consent) =>
        (await account.Apps.Contacts.SetConsentAsync(new() { Account = account.Name, ContactId = contact.ContactId, Consent = consent })).Contact;
}
