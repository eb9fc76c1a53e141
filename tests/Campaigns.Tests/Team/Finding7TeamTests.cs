using System.Net;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.Tests.Senders;
using TagSegments.Testing;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Team;

/// <summary>
/// Finding 7 of the security review: test messages and notices go to confirmed people of the team, within a limit, with an entry in the ledger, a
/// link to unsubscribe, and not to suppressed addresses.
/// </summary>
public sealed class Finding7TeamTests : IAsyncLifetime
{
    private const string Stranger = "stranger@victim.example";
    private const string Colleague = "colleague@acme.example";
    private SenderWorld _world = null!;
    private string _account = "";
    private Contact _contact = null!;
    private Campaign _campaign = null!;

    public async Task InitializeAsync()
    {
        _world = await SenderWorld.StartAsync();
        _account = await _world.Apps.NewAccountAsync();
        await _world.Apps.Accounts.SetAccountLimitsAsync(
            new() { Account = _account, Limits = new() { TeamAddresses = 2, TestMessagesPerDay = 2 } });
        _contact = (await _world.Apps.Contacts.CreateContactAsync(
            new() { Account = _account, Contact = new() { FirstName = "Ada", Email = "ada@x.example" } })).Contact;
        await _world.ProveAsync(_account, "acme.example");
        var campaign = new Campaign
        {
            Name = "Spring",
            Message = new() { FromAddress = "news@acme.example", Subject = "Hi {{ contact.first_name }}", Text = "{{ campaign.name }}" },
        };
        _campaign = (await _world.Apps.Campaigns.CreateCampaignAsync(new() { Account = _account, Campaign = campaign })).Campaign;
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Finding7_a_test_message_to_a_stranger_is_refused()
    {
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.AddressNotConfirmed, () => TestAsync(Stranger));
        await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = Stranger });
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.AddressNotConfirmed, () => TestAsync(Stranger));
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.AddressNotConfirmed, () => NoticeAsync(Stranger));

        await _world.MailAsync(Stranger, "Please confirm your address");
        Assert.Single(_world.Apps.Smtp.Messages);
    }

    [Fact]
    public async Task Finding7_a_test_message_has_an_entry_in_the_ledger_and_leaves_no_mark_on_the_contact()
    {
        await _world.ConfirmAsync(_account, Colleague);

        var answer = await TestAsync(Colleague);

        var sent = Assert.Single(answer.Recipients);
        Assert.Equal((State.Accepted, Colleague), (sent.State, sent.Address));
        Assert.Equal(sent, await LedgerAsync(answer.MessageIds[0]));
        var mail = await _world.MailAsync(Colleague, "[Test] Hi Ada");
        Assert.Contains("Spring", mail.Text, StringComparison.Ordinal);
        Assert.NotNull(mail.Header("List-Unsubscribe"));
        Assert.Equal(HttpStatusCode.OK, (await _world.Http.PostAsync(SenderWorld.Link(mail, "u"), null)).StatusCode);
        var activities = await _world.Apps.Activity.ListActivitiesAsync(new() { Account = _account, ContactId = _contact.ContactId });
        Assert.Empty(activities.Activities);
        Assert.Equal(0, await QueryAsync("SELECT count(*) FROM campaigns.consent_task"));
    }

    [Fact]
    public async Task Finding7_nothing_goes_to_people_of_the_team_who_have_unsubscribed()
    {
        await _world.ConfirmAsync(_account, Colleague);
        var notice = await NoticeAsync(Colleague);
        var mail = await _world.MailAsync(Colleague, "News");
        Assert.Contains("{{ contact.first_name }}", mail.Text, StringComparison.Ordinal);
        await _world.Http.PostAsync(SenderWorld.Link(mail, "u"), null);

        var test = await TestAsync(Colleague);
        var again = await NoticeAsync(Colleague);

        Assert.Equal((State.Skipped, Reason.Suppressed), (test.Recipients[0].State, test.Recipients[0].Reason));
        Assert.Equal((State.Skipped, Reason.Suppressed), (again.Recipient.State, again.Recipient.Reason));
        Assert.Equal(State.Accepted, (await LedgerAsync(notice.MessageId)).State);
        Assert.Equal(2, _world.Apps.Smtp.Messages.Count);
    }

    [Fact]
    public async Task Finding7_a_suppressed_stranger_is_not_even_asked()
    {
        await _world.Apps.Activity.AddSuppressionAsync(new()
        {
            Account = _account,
            Suppression = new() { Address = Stranger, Reason = Crm.Activity.V1.Suppression.Types.Reason.Complained },
        });

        var added = await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = Stranger });

        Assert.Equal(Reason.Suppressed, (await LedgerAsync(added.MessageId)).Reason);
        Assert.Empty(_world.Apps.Smtp.Messages);
    }

    [Fact]
    public async Task Finding7_a_stranger_is_asked_once_a_day_whatever_the_account_tries()
    {
        var first = await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = Stranger });
        var second = await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = $" {Stranger.ToUpperInvariant()} " });
        await _world.Apps.Team.RemoveTeamAddressAsync(new() { Account = _account, Address = Stranger });
        var third = await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = Stranger });

        Assert.NotEqual("", first.MessageId);
        Assert.Equal(("", ""), (second.MessageId, third.MessageId));
    }

    [Fact]
    public async Task Finding7_test_messages_and_confirmation_mails_are_limited_per_day()
    {
        await _world.ConfirmAsync(_account, Colleague);
        await TestAsync(Colleague);

        await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => TestAsync(Colleague));
        await Expect.FailureAsync(
            StatusCode.ResourceExhausted,
            ErrorReason.QuotaExceeded,
            () => _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = Stranger }).ResponseAsync);
        Assert.Equal(State.Accepted, (await LedgerAsync((await NoticeAsync(Colleague)).MessageId, State.Accepted)).State);
    }

    [Fact]
    public async Task Finding7_only_a_post_to_the_fresh_link_of_the_address_confirms_it()
    {
        await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = Stranger });
        var mail = await _world.MailAsync(Stranger, "Please confirm your address");
        var link = SenderWorld.Link(mail, "t");

        var page = await _world.Http.GetStringAsync(link);
        Assert.Contains("<form method=\"post\">", page, StringComparison.Ordinal);
        Assert.Null((await AddressesAsync()).Single().ConfirmTime);
        var other = new Uri(link, $"/t/{SenderWorld.Link(mail, "u").Segments[^1]}");
        Assert.Equal(HttpStatusCode.NotFound, (await _world.Http.PostAsync(other, null)).StatusCode);
        await QueryAsync("UPDATE campaigns.team_address SET asked_at = now() - interval '8 days'");
        Assert.Equal(HttpStatusCode.NotFound, (await _world.Http.PostAsync(link, null)).StatusCode);
        await QueryAsync("UPDATE campaigns.team_address SET asked_at = now()");
        Assert.Equal(HttpStatusCode.OK, (await _world.Http.PostAsync(link, null)).StatusCode);

        Assert.NotNull((await AddressesAsync()).Single().ConfirmTime);
        await _world.Apps.Team.RemoveTeamAddressAsync(new() { Account = _account, Address = Stranger });
        Assert.Equal(HttpStatusCode.NotFound, (await _world.Http.PostAsync(link, null)).StatusCode);
    }

    [Fact]
    public async Task A_team_has_a_number_of_addresses_and_lists_them_in_order()
    {
        await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = "b@acme.example" });
        await _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = "a@acme.example" });

        await Expect.FailureAsync(
            StatusCode.ResourceExhausted,
            ErrorReason.QuotaExceeded,
            () => _world.Apps.Team.AddTeamAddressAsync(new() { Account = _account, Address = "c@acme.example" }).ResponseAsync);
        var first = await _world.Apps.Team.ListTeamAddressesAsync(new() { Account = _account, PageSize = 1 });
        var second = await _world.Apps.Team.ListTeamAddressesAsync(new() { Account = _account, PageSize = 1, PageToken = first.NextPageToken });

        Assert.Equal(["a@acme.example", "b@acme.example"], first.Addresses.Concat(second.Addresses).Select(address => address.Address));
        Assert.Equal("", second.NextPageToken);
    }

    private Task<SendTestMessageResponse> TestAsync(string address) => _world.Apps.Campaigns.SendTestMessageAsync(new()
    {
        Account = _account,
        CampaignId = _campaign.CampaignId,
        ContactId = _contact.ContactId,
        Addresses = { address },
    }).ResponseAsync;

    private Task<SendNoticeResponse> NoticeAsync(string address) => _world.Apps.Team.SendNoticeAsync(
        new() { Account = _account, Address = address, Subject = "News", Text = "Text of {{ contact.first_name }}" }).ResponseAsync;

    private async Task<Recipient> LedgerAsync(string messageId, State? state = null) => await Eventually.ReadAsync(
        async () => (await _world.Apps.Messages.GetMessageAsync(new() { Account = _account, MessageId = messageId })).Recipient,
        recipient => state is null || recipient.State == state,
        $"the message to be {state}");

    private async Task<IEnumerable<TeamAddress>> AddressesAsync() =>
        (await _world.Apps.Team.ListTeamAddressesAsync(new() { Account = _account })).Addresses;

    private async Task<long> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_world.Apps.Database.OwnerConnectionString);
        return await connection.ExecuteScalarAsync<long?>(sql) ?? 0;
    }
}
