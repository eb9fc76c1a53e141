using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.SmartLists;

/// <summary>Random access in lists: a page after any number of rows, by contact number and by a column, compared with the whole list.</summary>
public sealed class SkipTests(SharedApps shared) : SegmentTest(shared)
{
    private const int Last = 50_000;

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("first_name", false)]
    [InlineData("first_name", true)]
    public async Task A_page_after_any_number_of_rows_goes_on_as_the_list_does(string column, bool descending)
    {
        var random = new Random(column.Length + (descending ? 1 : 0));
        var (account, members) = await RandomAsync(random);
        await account.ExecuteAsync("UPDATE crm.contact SET first_name = NULLIF(contact_id % 7, 3)::text WHERE account_id = @Id");
        await account.SetAsync(members[0], "last_name = 'x'");
        await SaveListAsync(account, "has tag \"A\"", list => list.Sort = new SmartListSort { Column = column, Descending = descending });
        var rows = Sorted(members, column.Length > 0, descending);

        foreach (var (skip, size, more) in Places(random, rows.Length))
        {
            var first = await RowsAsync(account, skip, size);
            Assert.Equal(rows.Skip(skip).Take(size), first.Rows.Select(row => row.ContactId));
            Assert.Equal((rows.Length, skip + size < rows.Length), (first.Total, first.NextPageToken.Length > 0));
            if (first.NextPageToken.Length > 0)
            {
                var next = await RowsAsync(account, 0, size, first.NextPageToken);
                Assert.Equal(rows.Skip(skip + size).Take(size), next.Rows.Select(row => row.ContactId));
                var later = await RowsAsync(account, more, size, first.NextPageToken);
                Assert.Equal(rows.Skip(skip + size + more).Take(size), later.Rows.Select(row => row.ContactId));
            }
        }
    }

    [Fact]
    public async Task Matches_are_skipped_and_counted()
    {
        var random = new Random(7);
        var (account, members) = await RandomAsync(random);

        foreach (var (skip, size, more) in Places(random, members.Length))
        {
            var request = new ListMatchesRequest { Account = account.Name, Source = Text("has tag \"A\""), Skip = skip, PageSize = size, ShowTotal = true };
            var first = await Segments.ListMatchesAsync(request);
            Assert.Equal(members.Skip(skip).Take(size), first.ContactIds);
            Assert.Equal((members.Length, skip + size < members.Length), (first.Total, first.NextPageToken.Length > 0));
            if (first.NextPageToken.Length > 0)
            {
                var later = await Segments.ListMatchesAsync(new(request) { PageToken = first.NextPageToken, Skip = more, ShowTotal = false });
                Assert.Equal(members.Skip(skip + size + more).Take(size), later.ContactIds);
                Assert.Equal(0, later.Total);
            }
        }
    }

    [Fact]
    public async Task A_contact_that_leaves_moves_what_is_skipped_by_one_and_nothing_after_a_token()
    {
        var account = await AccountAsync([.. Enumerable.Range(1, 10)]);
        var tag = await account.CreateTagAsync("A");
        await account.TagAsync(tag, [.. Enumerable.Range(1, 10)]);
        await SaveListAsync(account, "has tag \"A\"");
        var before = await RowsAsync(account, skip: 4, size: 2);

        await account.UntagAsync(tag, 2);

        Assert.Equal([5, 6], before.Rows.Select(row => row.ContactId));
        Assert.Equal([7, 8], (await RowsAsync(account, 0, 2, before.NextPageToken)).Rows.Select(row => row.ContactId));
        Assert.Equal([6, 7], (await RowsAsync(account, skip: 4, size: 2)).Rows.Select(row => row.ContactId));
    }

    [Fact]
    public async Task Only_a_list_that_is_sorted_by_a_column_has_a_bound()
    {
        var account = await AccountAsync(1, 2, 3);
        await SaveListAsync(account, "everyone");
        var byEmail = new SmartListSort { Column = "email" };

        Assert.Empty((await RowsAsync(account, int.MaxValue, 10)).Rows);
        Assert.Empty((await RowsAsync(account, 100_000, 10, sort: byEmail)).Rows);
        var failure = await Expect.FailureAsync(
            StatusCode.InvalidArgument, ErrorReason.InvalidField, () => RowsAsync(account, 100_001, 10, sort: byEmail), "skip");
        Assert.Equal("must be 0 to 100000", failure.Violations.Single().Description);
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => RowsAsync(account, -1, 10), "skip");
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            async () => await Segments.ListMatchesAsync(new() { Account = account.Name, Source = Text("everyone"), Skip = -1 }),
            "skip");
    }

    // Contacts in blocks and alone, over several chunks; more than half of them have tag A.
    private async Task<(DirectAccount Account, int[] Members)> RandomAsync(Random random)
    {
        var contacts = Enumerable.Range(0, 6).SelectMany(_ => Enumerable.Range(random.Next(1, Last), random.Next(1, 3_000)))
            .Concat(Enumerable.Range(0, 300).Select(_ => random.Next(1, Last)))
            .Distinct().Order().ToArray();
        var account = await AccountAsync(contacts);
        var members = contacts.Where(_ => random.Next(10) < 7).ToArray();
        await account.TagAsync(await account.CreateTagAsync("A"), members);
        return (account, members);
    }

    private static IEnumerable<(int Skip, int Size, int More)> Places(Random random, int count) =>
        [(0, 10, 0), (count - 1, 5, 1), (count - 6, 5, 3), (count, 5, 0), (count + 1, 5, 0),
            .. Enumerable.Range(0, 25).Select(_ => (random.Next(count), random.Next(1, 900), random.Next(count)))];

    private static int[] Sorted(int[] members, bool byName, bool descending)
    {
        if (!byName)
        {
            return descending ? [.. members.Reverse()] : members;
        }

        var present = members.OrderBy(id => id % 7 == 3);
        return [.. (descending ? present.ThenByDescending(id => id % 7) : present.ThenBy(id => id % 7)).ThenBy(id => id)];
    }

    private async Task<ListSmartListRowsResponse> RowsAsync(
        DirectAccount account, int skip, int size, string token = "", SmartListSort? sort = null) =>
        await SmartLists.ListSmartListRowsAsync(new()
        {
            Account = account.Name,
            Name = "List",
            Skip = skip,
            PageSize = size,
            PageToken = token,
            Sort = sort,
            Columns = { "contact_id" },
        });
}
