using Crm.Contacts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Contacts;

/// <summary>Random access in the list of contacts: a page after any number of them, compared with the whole list.</summary>
public sealed class SkipContactsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const int Chunk = 16_384;
    private const int Count = (2 * Chunk) + 1_000;

    [Fact]
    public async Task A_page_after_any_number_of_contacts_goes_on_as_the_list_does()
    {
        var random = new Random(5);
        var account = await AccountAsync();
        int[] deleted = [1, Chunk - 1, Chunk, 2 * Chunk, Count, .. Enumerable.Range(0, 25).Select(_ => random.Next(2, Count))];
        foreach (var contactId in deleted.Distinct())
        {
            await account.DeleteContactAsync(contactId);
        }

        var living = Enumerable.Range(1, Count).Except(deleted).ToArray();
        IEnumerable<int> places = [0, Chunk - 3, Chunk - 2, Chunk - 1, Chunk, (2 * Chunk) - 5, living.Length - 1, living.Length, Count, .. Enumerable.Range(0, 20).Select(_ => random.Next(Count))];
        foreach (var skip in places)
        {
            var request = new ListContactsRequest { Account = account.Name, Skip = skip, PageSize = random.Next(1, 300), ShowTotal = true };
            var page = await ListAsync(account, request);
            Assert.Equal(living.Skip(skip).Take(request.PageSize), Ids(page));
            Assert.Equal((living.Length, skip + request.PageSize < living.Length), (page.Total, page.NextPageToken.Length > 0));
            if (page.NextPageToken.Length > 0)
            {
                var more = random.Next(Count);
                var next = await ListAsync(account, new(request) { PageToken = page.NextPageToken, Skip = 0, ShowTotal = false });
                var later = await ListAsync(account, new(request) { PageToken = page.NextPageToken, Skip = more });
                Assert.Equal(living.Skip(skip + request.PageSize).Take(request.PageSize), Ids(next));
                Assert.Equal(living.Skip(skip + request.PageSize + more).Take(request.PageSize), Ids(later));
            }
        }
    }

    [Fact]
    public async Task Deleted_contacts_and_what_a_search_finds_are_skipped_and_counted()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        for (var i = 1; i <= 9; i++)
        {
            await account.CreateContactAsync(new() { FirstName = i % 3 == 0 ? "Grace" : "Ada" });
        }

        await account.DeleteContactAsync(4);
        var all = await ListAsync(account, new() { Account = account.Name, ShowDeleted = true, Skip = 2, PageSize = 3, ShowTotal = true });
        var found = await ListAsync(account, new() { Account = account.Name, Search = "ada", Skip = 1, PageSize = 2, ShowTotal = true });

        Assert.Equal([3, 4, 5], Ids(all));
        Assert.Equal(9, all.Total);
        Assert.Equal([2, 5], Ids(found));
        Assert.Equal(5, found.Total);
        Assert.Equal([8], Ids(await ListAsync(account, new() { Account = account.Name, Search = "ada", Skip = 1, PageToken = found.NextPageToken })));
    }

    [Theory]
    [InlineData("", false, -1)]
    [InlineData("ada", false, 100_001)]
    [InlineData("", true, 100_001)]
    public async Task Refuses_to_read_too_many_to_pass_over(string search, bool showDeleted, int skip)
    {
        var account = await TagAccount.NewAsync(shared.Apps);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => ListAsync(account, new() { Account = account.Name, Search = search, ShowDeleted = showDeleted, Skip = skip }),
            "skip");
        Assert.Empty(Ids(await ListAsync(account, new() { Account = account.Name, Skip = int.MaxValue })));
    }

    private async Task<TagAccount> AccountAsync()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await using var owner = account.Database();
        await using (var connection = await owner.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                "INSERT INTO crm.contact (account_id, contact_id) SELECT @id, generate_series(1, @Count)", new { id = await account.IdAsync(), Count });
        }

        await account.NewContactsAsync(Count);
        return account;
    }

    private static async Task<ListContactsResponse> ListAsync(TestAccount account, ListContactsRequest request) =>
        await account.Apps.Contacts.ListContactsAsync(request);

    private static IEnumerable<int> Ids(ListContactsResponse page) => page.Contacts.Select(contact => contact.ContactId);
}
