using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Contacts;

/// <summary>Searching, listing and getting contacts.</summary>
public sealed class FindContactsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Finds_by_parts_of_names_and_takes_wildcards_literally()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { FirstName = "Ägidius", LastName = "Maier" });
        await account.CreateContactAsync(new() { Email = "100%_sure@example.org" });

        Assert.Single(await SearchAsync(account, "ägid"));
        Assert.Single(await SearchAsync(account, "idius mai"));
        Assert.Single(await SearchAsync(account, "%_S"));
        Assert.Empty(await SearchAsync(account, "a%r"));
    }

    [Fact]
    public async Task Lists_page_by_page_and_refuses_the_token_of_another_search()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        for (var i = 0; i < 5; i++)
        {
            await account.CreateContactAsync(new());
        }

        var first = await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name, PageSize = 3 });
        var second = await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name, PageSize = 3, PageToken = first.NextPageToken });
        var error = await Expect.FailureAsync(() => account.Apps.Contacts.ListContactsAsync(
            new() { Account = account.Name, Search = "x", PageToken = first.NextPageToken }).ResponseAsync);

        Assert.Equal([1, 2, 3, 4, 5], first.Contacts.Concat(second.Contacts).Select(contact => contact.ContactId));
        Assert.Equal("", second.NextPageToken);
        error.Is(StatusCode.InvalidArgument, ErrorReason.PageToken);
    }

    [Fact]
    public async Task Gets_many_at_once_and_leaves_out_the_unknown()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new());
        await account.CreateContactAsync(new());

        var found = (await account.Apps.Contacts.BatchGetContactsAsync(new() { Account = account.Name, ContactIds = { 2, 99, 1 } })).Contacts;

        Assert.Equal([1, 2], found.Select(contact => contact.ContactId));
    }

    [Fact]
    public async Task Does_not_show_contacts_of_another_account()
    {
        var mine = await TestAccount.NewAsync(shared.Apps);
        var theirs = await TestAccount.NewAsync(shared.Apps);
        var contact = await theirs.CreateContactAsync(new());

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => mine.GetContactAsync(contact.ContactId));
    }

    private static async Task<IEnumerable<Contact>> SearchAsync(TestAccount account, string text) =>
        (await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name, Search = text })).Contacts;
}
