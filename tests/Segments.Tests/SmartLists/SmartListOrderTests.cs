using System.Globalization;
using Crm.Segments.V1;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.SmartLists;

public sealed class SmartListOrderTests(SharedApps shared) : SegmentTest(shared)
{
    public static TheoryData<string, bool> Orders()
    {
        var orders = new TheoryData<string, bool>();
        foreach (var column in new[] { "", "name", "score", "active", "born", "seen", "picks", "first_name", "do_not_disturb", "created", "sms_consent" })
        {
            orders.Add(column, false);
            orders.Add(column, true);
        }

        return orders;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Pages_hold_every_member_once_in_order(string column, bool descending)
    {
        var account = await AccountAsync([.. Enumerable.Range(1, 40)]);
        var random = new Random(7);
        var values = await FillAsync(account, column, random);
        await SaveListAsync(account, "NOT contact_id = 13", list => list.Sort = new SmartListSort { Column = column, Descending = descending });

        var ids = await AllAsync(account, pageSize: 7);

        var members = Enumerable.Range(1, 40).Where(id => id != 13);
        Assert.Equal(Sorted(members, values, column, descending), ids);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("first_name", false)]
    [InlineData("first_name", true)]
    public async Task Pages_of_a_long_list_hold_every_member_once_in_order(string column, bool descending)
    {
        var contacts = Enumerable.Range(1, 20_000).ToArray();
        var account = await AccountAsync(contacts);
        await account.ExecuteAsync(
            "UPDATE crm.contact SET first_name = NULLIF(contact_id % 7, 3)::text WHERE account_id = @Id");
        await account.SetAsync(1, "last_name = 'x'");
        await SaveListAsync(account, "contact_id > 5", list => list.Sort = new SmartListSort { Column = column, Descending = descending });

        var ids = await AllAsync(account, pageSize: 999);

        var values = contacts.ToDictionary(
            id => id, id => column.Length == 0 ? id : id % 7 == 3 ? null : (IComparable?)(id % 7).ToString(CultureInfo.InvariantCulture));
        Assert.Equal(Sorted(contacts.Where(id => id > 5), values, column, descending), ids);
    }

    // Gives the contacts values with gaps and repetitions, and returns them.
    private static async Task<Dictionary<int, IComparable?>> FillAsync(DirectAccount account, string column, Random random)
    {
        var values = Enumerable.Range(1, 40).ToDictionary(id => id, id => (IComparable?)id);
        if (column.Length == 0)
        {
            return values;
        }

        Type? type = column switch
        {
            "name" => Type.Text,
            "score" => Type.Number,
            "active" => Type.Boolean,
            "born" => Type.Date,
            "seen" => Type.DateTime,
            "picks" => Type.MultipleChoice,
            _ => null,
        };
        var field = type is null ? 0 : await account.CreateFieldAsync(column, type.Value);
        foreach (var id in values.Keys)
        {
            var (sql, value) = Draw(column, random);
            values[id] = value;
            var json = value is null && sql == "null" ? "{}" : string.Create(CultureInfo.InvariantCulture, $$"""{"{{field}}": {{sql}}}""");
            await account.SetAsync(id, type is null ? $"{(column == "created" ? "created_at" : column)} = {sql}" : $"fields = '{json}'");
        }

        return values;
    }

    private static (string Sql, IComparable? Value) Draw(string column, Random random)
    {
        var n = random.Next(8);
        var padded = n.ToString("00", CultureInfo.InvariantCulture);
        return column switch
        {
            "name" when n == 0 => ("\" \"", null),
            "name" => ($"\"{(n % 2 == 0 ? "x" : "X")} {padded}\"", $"x {padded}"),
            "score" when n == 0 => ("null", null),
            "score" => (string.Create(CultureInfo.InvariantCulture, $"{n - 4}.50"), n - 4 + 0.5m),
            "active" when n < 3 => ("null", null),
            "active" => n % 2 == 0 ? ("true", true) : ("false", false),
            "born" => ($"\"2001-02-{padded}\"", padded),
            "seen" => ($"\"2001-02-03T04:05:{padded}.000000Z\"", padded),
            "picks" when n == 0 => ("[]", null),
            "picks" => ($"[\"b{padded}\", \"a\"]", padded),
            "first_name" when n == 0 => ("NULL", null),
            "first_name" => ($"'{(n % 2 == 0 ? "é" : "Z")}{padded}'", $"{(n % 2 == 0 ? "é" : "z")}{padded}"),
            "do_not_disturb" => n % 2 == 0 ? ("true", true) : ("false", false),
            "created" => ($"'2026-01-02T03:04:05.0000{padded}Z'", n),
            _ => ((n % 3 + 1).ToString(CultureInfo.InvariantCulture), n % 3),
        };
    }

    private static IEnumerable<int> Sorted(IEnumerable<int> ids, Dictionary<int, IComparable?> values, string column, bool descending)
    {
        if (column.Length == 0)
        {
            return descending ? ids.OrderDescending() : ids.Order();
        }

        var present = ids.OrderBy(id => values[id] is null);
        var order = Comparer<IComparable?>.Create((a, b) => a is string s ? string.CompareOrdinal(s, (string?)b) : Comparer<IComparable?>.Default.Compare(a, b));
        return (descending ? present.ThenByDescending(id => values[id], order) : present.ThenBy(id => values[id], order)).ThenBy(id => id);
    }

    private async Task<List<int>> AllAsync(DirectAccount account, int pageSize)
    {
        var ids = new List<int>();
        for (string? token = ""; token is not null;)
        {
            var page = await RowsAsync(account, pageSize, token);
            Assert.True(page.NextPageToken.Length == 0 || page.Rows.Count == pageSize);
            ids.AddRange(page.Rows.Select(row => row.ContactId));
            token = page.NextPageToken.Length == 0 ? null : page.NextPageToken;
        }

        return ids;
    }

    private async Task<ListSmartListRowsResponse> RowsAsync(DirectAccount account, int pageSize = 0, string token = "") =>
        await SmartLists.ListSmartListRowsAsync(new() { Account = account.Name, Name = "List", PageSize = pageSize, PageToken = token });
}
