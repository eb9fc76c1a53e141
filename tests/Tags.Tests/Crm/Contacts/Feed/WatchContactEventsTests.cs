using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ContactEvent.Types.Kind;

namespace TagSegments.Tags.Tests.Crm.Contacts.Feed;

public sealed class WatchContactEventsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Tells_what_happened_in_order_and_goes_on_behind_a_position()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("city", Field.Types.Type.Text);
        var contact = await account.CreateContactAsync(new());
        await account.UpdateContactAsync(new() { ContactId = 1, FirstName = "Ada", Fields = TestAccount.Values("city", new() { StringValue = "Wien" }) });
        await account.Apps.Contacts.SetConsentAsync(new()
        {
            Account = account.Name,
            ContactId = 1,
            Consent = new() { Channel = Channel.Email, State = Consent.Types.State.Subscribed },
        });
        await account.Apps.Contacts.DeleteContactAsync(new() { Account = account.Name, ContactId = 1, Cause = new() { Kind = Cause.Types.Kind.Contact } });
        await account.Apps.Contacts.RestoreContactAsync(new() { Account = account.Name, ContactId = 1 });

        var (events, position) = await ReadAsync(account, "", 5);
        await account.CreateContactAsync(new());
        var (later, _) = await ReadAsync(account, position, 1);

        Assert.Equal([Kind.Created, Kind.Updated, Kind.ConsentChanged, Kind.Deleted, Kind.Restored], events.Select(e => e.Kind));
        Assert.Equal(["fields.city", "first_name"], events[1].ChangedFields.Order(StringComparer.Ordinal));
        Assert.Equal(Cause.Types.Kind.Contact, events[3].Cause.Kind);
        Assert.All(events, e => Assert.Equal(contact.ContactId, e.ContactId));
        Assert.Equal((Kind.Created, 2), (later.Single().Kind, later.Single().ContactId));
    }

    [Fact]
    public async Task Tells_of_imported_contacts_one_by_one()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "id" };
        await Importer.RunAsync(account.Apps, account.Name, options, "id,city\na,Wien\nb,Graz\n");
        await Importer.RunAsync(account.Apps, account.Name, options, "id,city\na,Wien\nb,Linz\n");

        var (events, _) = await ReadAsync(account, "", 3);

        Assert.Equal([(Kind.Created, 1), (Kind.Created, 2), (Kind.Updated, 2)], events.Select(e => (e.Kind, e.ContactId)));
        Assert.Equal(3, events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(["fields.city"], events[2].ChangedFields);
    }

    [Fact]
    public async Task Finding_3_a_commit_larger_than_a_page_comes_whole_and_what_follows_it_too()
    {
        const int rows = 4_500;
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "id" };
        await account.CreateContactAsync(new());
        foreach (var city in new[] { "Wien", "Graz" })
        {
            await Importer.RunAsync(
                account.Apps, account.Name, options, "id,city\n" + string.Concat(Enumerable.Range(1, rows).Select(n => $"{n},{city}\n")));
        }

        await account.CreateContactAsync(new());

        var (events, _) = await ReadAsync(account, "", (2 * rows) + 2);

        Assert.Equal(Enumerable.Range(1, rows + 2), events.Where(e => e.Kind == Kind.Created).Select(e => e.ContactId).Order());
        Assert.Equal(Enumerable.Range(2, rows), events.Where(e => e.Kind == Kind.Updated).Select(e => e.ContactId).Order());
        Assert.Equal((Kind.Created, rows + 2), (events[^1].Kind, events[^1].ContactId));
    }

    [Fact]
    public async Task A_watch_from_now_sees_only_what_comes()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new());
        using var call = account.Apps.Contacts.WatchContactEvents(new() { Account = account.Name, After = "now" });
        await call.ResponseStream.MoveNext(default);
        Assert.Empty(call.ResponseStream.Current.Events);

        await account.CreateContactAsync(new());
        await call.ResponseStream.MoveNext(default);

        Assert.Equal(2, Assert.Single(call.ResponseStream.Current.Events).ContactId);
    }

    [Fact]
    public async Task Refuses_a_position_of_another_account()
    {
        var mine = await TestAccount.NewAsync(shared.Apps);
        var theirs = await TestAccount.NewAsync(shared.Apps);
        await theirs.CreateContactAsync(new());
        var (_, position) = await ReadAsync(theirs, "", 1);

        var error = await Expect.FailureAsync(() => ReadAsync(mine, position, 1));

        error.Is(StatusCode.InvalidArgument, ErrorReason.PageToken, "after");
    }

    private static async Task<(List<ContactEvent> Events, string Position)> ReadAsync(TestAccount account, string after, int count)
    {
        var events = new List<ContactEvent>();
        using var call = account.Apps.Contacts.WatchContactEvents(new() { Account = account.Name, After = after }, deadline: Eventually.Deadline);
        while (events.Count < count && await call.ResponseStream.MoveNext(default))
        {
            events.AddRange(call.ResponseStream.Current.Events);
        }

        return (events, call.ResponseStream.Current.Position);
    }
}
