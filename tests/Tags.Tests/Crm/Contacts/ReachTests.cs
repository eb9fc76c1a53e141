using System.Runtime.InteropServices;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;
using State = Crm.Contacts.V1.Consent.Types.State;

namespace TagSegments.Tags.Tests.Crm.Contacts;

public sealed class ReachTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private string _account = "";

    private ReachService.ReachServiceClient Reach => new(shared.Apps.Channel(Service.Tags));

    public async Task InitializeAsync() => _account = await shared.Apps.NewAccountAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Tells_address_consent_and_do_not_disturb_of_the_living_ones_asked_for()
    {
        var contacts = new[]
        {
            await CreateAsync("Ann@x.example"), await CreateAsync("not asked for"), await CreateAsync(""), await CreateAsync("gone@x.example"),
            await CreateAsync("quiet@x.example", contact => contact.DoNotDisturb = true),
        };
        await ConsentAsync(contacts[0], State.Subscribed);
        await ConsentAsync(contacts[4], State.Unsubscribed);
        await shared.Apps.Contacts.DeleteContactAsync(new() { Account = _account, ContactId = contacts[3] });

        var part = Assert.Single(await ReachAsync(Channel.Email, contacts[0], contacts[2], contacts[3], contacts[4], 1_000_000));

        Assert.Equal([contacts[0], contacts[2], contacts[4]], MemoryMarshal.Cast<byte, int>(part.ContactIds.Span).ToArray());
        Assert.Equal(["Ann@x.example", "", "quiet@x.example"], part.Addresses);
        Assert.Equal([(byte)State.Subscribed, (byte)State.Never, (byte)State.Unsubscribed + 128], part.States.ToByteArray());
    }

    [Fact]
    public async Task Each_channel_has_its_own_address_and_consent()
    {
        var contact = await CreateAsync("a@x.example", c => c.Phone = "+43 1 23456");
        await ConsentAsync(contact, State.Unsubscribed, Channel.Sms);

        Assert.Equal(["+43 1 23456"], (await ReachAsync(Channel.Sms, contact))[0].Addresses);
        Assert.Equal((byte)State.Never, Assert.Single((await ReachAsync(Channel.Email, contact))[0].States));
        Assert.Equal(["+43 1 23456"], await DeclinedAsync(Channel.Sms));
        Assert.Empty(await DeclinedAsync(Channel.Email));
    }

    [Fact]
    public async Task Finds_the_same_contacts_whether_the_numbers_are_neighbours_or_far_apart()
    {
        var contacts = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            contacts.Add(await CreateAsync($"{i}@x.example"));
        }

        var near = await ReachAsync(Channel.Email, [.. contacts]);
        var far = await ReachAsync(Channel.Email, contacts[0], contacts[11]);

        Assert.Equal(12, near.Single().Addresses.Count);
        Assert.Equal(["0@x.example", "11@x.example"], far.Single().Addresses);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public async Task Refuses_numbers_that_do_not_ascend(params int[] contacts)
    {
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ReachAsync(Channel.Email, contacts));
    }

    [Fact]
    public async Task Deleting_a_contact_that_declined_does_not_lift_that_but_a_later_consent_does()
    {
        var (declined, other) = (await CreateAsync("a@x.example"), await CreateAsync("A@x.example"));
        await ConsentAsync(declined, State.Unsubscribed);
        await shared.Apps.Contacts.DeleteContactAsync(new() { Account = _account, ContactId = declined });
        Assert.Equal(["a@x.example"], await DeclinedAsync(Channel.Email));

        await ConsentAsync(other, State.Subscribed);

        Assert.Empty(await DeclinedAsync(Channel.Email));
    }

    [Fact]
    public async Task Finding_3_those_who_declined_come_page_by_page_each_once()
    {
        var account = new TestAccount(shared.Apps, _account);
        await account.QueryAsync<long>("""
            WITH added AS (
                INSERT INTO crm.contact (account_id, contact_id, email, email_key, email_consent)
                SELECT account_id, n, n || '@x.example', n || '@x.example', 3
                FROM crm.account, generate_series(1, 9000) n
                WHERE name = @name
                RETURNING 1)
            SELECT count(*) FROM added
            """);

        var declined = await DeclinedAsync(Channel.Email);

        Assert.Equal(Enumerable.Range(1, 9_000).Select(n => $"{n}@x.example"), declined);
    }

    private async Task<int> CreateAsync(string email, Action<Contact>? change = null)
    {
        var contact = new Contact { Email = email.Contains('@', StringComparison.Ordinal) ? email : "" };
        change?.Invoke(contact);
        return (await shared.Apps.Contacts.CreateContactAsync(new() { Account = _account, Contact = contact })).Contact.ContactId;
    }

    private Task ConsentAsync(int contact, State state, Channel channel = Channel.Email) => shared.Apps.Contacts.SetConsentAsync(
        new() { Account = _account, ContactId = contact, Consent = new() { Channel = channel, State = state } }).ResponseAsync;

    private async Task<List<StreamReachResponse>> ReachAsync(Channel channel, params int[] contacts)
    {
        var ids = ByteString.CopyFrom(MemoryMarshal.AsBytes<int>(contacts));
        using var call = Reach.StreamReach(new StreamReachRequest { Account = _account, Channel = channel, ContactIds = ids });
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private async Task<List<string>> DeclinedAsync(Channel channel)
    {
        using var call = Reach.StreamDeclined(new StreamDeclinedRequest { Account = _account, Channel = channel });
        return [.. (await call.ResponseStream.ReadAllAsync().ToListAsync()).SelectMany(part => part.Addresses)];
    }
}
