using System.Globalization;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.SmartLists;

public sealed class ListSmartListRowsTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Rows_hold_the_columns_asked_for()
    {
        var account = await AccountAsync(1, 2);
        var tags = new[] { await account.CreateTagAsync("b"), await account.CreateTagAsync("A"), await account.CreateTagAsync("Gone") };
        var score = await account.CreateFieldAsync("score", Type.Number);
        var interests = await account.CreateFieldAsync("interests", Type.MultipleChoice);
        foreach (var tag in tags)
        {
            await account.TagAsync(tag, 1);
        }

        await account.DeleteTagAsync(tags[2]);
        await account.SetAsync(1, string.Create(CultureInfo.InvariantCulture, $$"""
            email = 'ann@example.org', do_not_disturb = true, sms_consent = 2, created_at = '2026-01-02T03:04:05.6Z',
            fields = '{"{{score}}": 12.50, "{{interests}}": ["Tea"]}'
            """));
        await SaveListAsync(account, "everyone", list => list.Columns.Add(
            ["contact_id", "email", "do_not_disturb", "email_consent", "sms_consent", "created", "tags", "score", "interests"]));

        var page = await RowsAsync(account);

        Assert.Equal(["contact_id", "email", "do_not_disturb", "email_consent", "sms_consent", "created", "tags", "score", "interests"], page.Columns);
        Assert.Equal(
            """[1,"ann@example.org",true,"never","subscribed","2026-01-02T03:04:05.600000Z",["A","b"],12.5,["Tea"]]""", Json(page.Rows[0]));
        Assert.Equal((2, 2), (page.Total, page.Rows[1].ContactId));
        Assert.Equal(
            [Value.KindOneofCase.NullValue, Value.KindOneofCase.BoolValue], page.Rows[1].Values.Skip(1).Take(2).Select(value => value.KindCase));
        Assert.NotNull(page.EvaluationTime);
    }

    [Fact]
    public async Task A_number_that_a_double_cannot_hold_is_text()
    {
        var account = await AccountAsync(1);
        var field = await account.CreateFieldAsync("score", Type.Number);
        await account.SetAsync(1, string.Create(CultureInfo.InvariantCulture, $$"""fields = '{"{{field}}": 0.1234567890123456789012345678}'"""));
        await SaveListAsync(account, "everyone", list => list.Columns.Add("score"));

        Assert.Equal("\"0.1234567890123456789012345678\"", Json((await RowsAsync(account)).Rows.Single())[1..^1]);
    }

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

    [Fact]
    public async Task A_call_may_ask_for_another_order()
    {
        var account = await AccountAsync(1, 2, 3);
        await SaveListAsync(account, "everyone");

        var page = await SmartLists.ListSmartListRowsAsync(
            new() { Account = account.Name, Name = "List", Sort = new SmartListSort { Descending = true } });

        Assert.Equal([3, 2, 1], page.Rows.Select(row => row.ContactId));
    }

    [Fact]
    public async Task Refuses_a_token_of_another_list_or_order()
    {
        var account = await AccountAsync(1, 2, 3);
        var list = await SaveListAsync(account, "everyone");
        await SaveListAsync(account, "everyone", other => other.Name = "Other");
        var token = (await RowsAsync(account, pageSize: 1)).NextPageToken;

        await FailsAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, async () =>
            await SmartLists.ListSmartListRowsAsync(new() { Account = account.Name, Name = "Other", PageToken = token }));
        await SmartLists.UpdateSmartListAsync(new()
        {
            Account = account.Name,
            SmartList = new SmartList { SmartListId = list.SmartListId, Sort = new SmartListSort { Column = "email" } },
        });
        await FailsAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, async () =>
            await SmartLists.ListSmartListRowsAsync(new() { Account = account.Name, Name = "List", PageToken = token }));
    }

    [Fact]
    public async Task A_renamed_field_keeps_its_column_and_a_deleted_one_is_shown_as_missing()
    {
        var account = await AccountAsync(1);
        var field = await account.CreateFieldAsync("score", Type.Number);
        await SaveListAsync(account, "everyone", list => list.Columns.Add("score"));

        await account.ExecuteAsync("UPDATE crm.field SET key = 'points' WHERE account_id = @Id");
        Assert.Equal(["points"], (await RowsAsync(account)).Columns);
        await account.ExecuteAsync("UPDATE crm.field SET deleted_at = now() WHERE account_id = @Id");

        var page = await RowsAsync(account);
        Assert.Equal([string.Create(CultureInfo.InvariantCulture, $"#{field}")], page.Columns);
        Assert.Equal(Value.KindOneofCase.NullValue, page.Rows.Single().Values.Single().KindCase);
        var list = (await SmartLists.GetSmartListAsync(new() { Account = account.Name, Name = "List" })).SmartList;
        Assert.Equal((SmartList.Types.State.Valid, "columns[0]: field 1 does not exist"), (list.State, list.Problems.Single()));
    }

    [Fact]
    public async Task A_list_ordered_by_a_deleted_field_has_no_rows_to_show()
    {
        var account = await AccountAsync(1);
        await account.CreateFieldAsync("score", Type.Number);
        await SaveListAsync(account, "everyone", list => list.Sort = new SmartListSort { Column = "score" });
        await account.ExecuteAsync("UPDATE crm.field SET deleted_at = now() WHERE account_id = @Id");

        var info = await FailsAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => RowsAsync(account));

        Assert.Equal("sort.column", info.Metadata["path"]);
        Assert.Equal(1, await CountAsync(account, new FilterSource { SmartListName = "List" }));
    }

    // Gives the contacts values with gaps and repetitions, and says what they are.
    private static async Task<Dictionary<int, IComparable?>> FillAsync(TestAccount account, string column, Random random)
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

    private async Task<List<int>> AllAsync(TestAccount account, int pageSize)
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

    private async Task<ListSmartListRowsResponse> RowsAsync(TestAccount account, int pageSize = 0, string token = "") =>
        await SmartLists.ListSmartListRowsAsync(new() { Account = account.Name, Name = "List", PageSize = pageSize, PageToken = token });

    private static string Json(SmartListRow row) => new ListValue { Values = { row.Values } }.ToString().Replace(" ", "", StringComparison.Ordinal);
}
