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

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, async () =>
            await SmartLists.ListSmartListRowsAsync(new() { Account = account.Name, Name = "Other", PageToken = token }));
        await SmartLists.UpdateSmartListAsync(new()
        {
            Account = account.Name,
            SmartList = new SmartList { SmartListId = list.SmartListId, Sort = new SmartListSort { Column = "email" } },
        });
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, async () =>
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

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => RowsAsync(account));

        Assert.Equal("sort.column", info.Metadata["path"]);
        Assert.Equal(1, await CountAsync(account, new FilterSource { SmartListName = "List" }));
    }

    private async Task<ListSmartListRowsResponse> RowsAsync(DirectAccount account, int pageSize = 0, string token = "") =>
        await SmartLists.ListSmartListRowsAsync(new() { Account = account.Name, Name = "List", PageSize = pageSize, PageToken = token });

    private static string Json(SmartListRow row) => new ListValue { Values = { row.Values } }.ToString().Replace(" ", "", StringComparison.Ordinal);
}
