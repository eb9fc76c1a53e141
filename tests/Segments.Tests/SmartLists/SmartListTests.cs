using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.SmartLists;

public sealed class SmartListTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task A_list_is_what_it_was_created_as()
    {
        var account = await AccountAsync(1);
        var (include, exclude) = (await account.CreateTagAsync("In"), await account.CreateTagAsync("Out"));
        await account.CreateFieldAsync("score", Type.Number);

        var saved = await SaveListAsync(account, "score > 5", list =>
        {
            list.Description = "For calls";
            list.Columns.Add(["email", "score", "tags"]);
            list.Sort = new SmartListSort { Column = "score", Descending = true };
            (list.IncludeTagId, list.ExcludeTagId) = (include, exclude);
        });

        var expected = new SmartList(saved)
        {
            Name = "List",
            Description = "For calls",
            Text = "score > 5",
            IncludeTagId = include,
            ExcludeTagId = exclude,
            Sort = new SmartListSort { Column = "score", Descending = true },
            Version = 1,
            State = SmartList.Types.State.Valid,
        };
        Assert.Equal(expected, saved);
        Assert.Equal(["email", "score", "tags"], saved.Columns);
        Assert.Equal(saved, (await SmartLists.GetSmartListAsync(new() { Account = account.Name, SmartListId = saved.SmartListId })).SmartList);
        Assert.Equal(saved, (await SmartLists.GetSmartListAsync(new() { Account = account.Name, Name = "List" })).SmartList);
    }

    [Fact]
    public async Task A_list_without_columns_has_the_usual_ones()
    {
        var saved = await SaveListAsync(await AccountAsync(1), "everyone");

        Assert.Equal(["email", "first_name", "last_name"], saved.Columns);
        Assert.Equal(new SmartListSort(), saved.Sort);
    }

    [Fact]
    public async Task Lists_by_name_page_by_page()
    {
        var account = await AccountAsync(1);
        foreach (var name in new[] { "c", "a", "B" })
        {
            await SaveListAsync(account, "everyone", list => list.Name = name);
        }

        var first = await SmartLists.ListSmartListsAsync(new() { Account = account.Name, PageSize = 2 });
        var second = await SmartLists.ListSmartListsAsync(new() { Account = account.Name, PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal(["B", "a"], first.SmartLists.Select(list => list.Name));
        Assert.Equal(["c"], second.SmartLists.Select(list => list.Name));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task An_update_changes_what_the_mask_names_and_nothing_else()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("In");
        var saved = await SaveListAsync(account, "everyone", list => (list.IncludeTagId, list.Description) = (tag, "Old"));

        var updated = await UpdateAsync(account, new SmartList { SmartListId = saved.SmartListId, Name = "Ignored" }, "include_tag_id");

        Assert.Equal((0, "List", "Old", 2), (updated.IncludeTagId, updated.Name, updated.Description, updated.Version));
        var renamed = await UpdateAsync(account, new SmartList { SmartListId = saved.SmartListId, Name = "New" });
        Assert.Equal(("New", "Old", "everyone", 3), (renamed.Name, renamed.Description, renamed.Text, renamed.Version));
    }

    [Fact]
    public async Task Refuses_to_overwrite_a_version_that_was_not_seen()
    {
        var account = await AccountAsync(1);
        var saved = await SaveListAsync(account, "everyone");
        await UpdateAsync(account, new SmartList { SmartListId = saved.SmartListId, Name = "Mine" });

        var info = await Expect.FailureAsync(StatusCode.Aborted, ErrorReason.VersionMismatch, () =>
            UpdateAsync(account, new SmartList { SmartListId = saved.SmartListId, Name = "Theirs" }, version: 1));

        Assert.Equal("2", info.Metadata["version"]);
    }

    [Fact]
    public async Task A_repeated_request_has_one_effect()
    {
        var account = await AccountAsync(1);
        var request = new CreateSmartListRequest { Account = account.Name, SmartList = new() { Name = "Once" }, Text = "everyone", RequestId = "1" };

        var first = await SmartLists.CreateSmartListAsync(request);
        var second = await SmartLists.CreateSmartListAsync(request);

        Assert.Equal(first, second);
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.RequestIdReused, async () =>
            await SmartLists.CreateSmartListAsync(new CreateSmartListRequest(request) { Text = "NOT everyone" }));
    }

    [Fact]
    public async Task A_deleted_list_is_gone_and_its_name_free()
    {
        var account = await AccountAsync(1);
        var saved = await SaveListAsync(account, "everyone");

        await SmartLists.DeleteSmartListAsync(new() { Account = account.Name, SmartListId = saved.SmartListId });

        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => CountAsync(account, new FilterSource { SmartListId = saved.SmartListId }));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, async () =>
            await SmartLists.DeleteSmartListAsync(new() { Account = account.Name, SmartListId = saved.SmartListId }));
        await SaveListAsync(account, "everyone");
    }

    [Fact]
    public async Task Refuses_a_name_that_is_taken()
    {
        var account = await AccountAsync(1);
        await SaveListAsync(account, "everyone");

        await Expect.FailureAsync(StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => SaveListAsync(account, "everyone"));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("columns[1]")]
    [InlineData("columns")]
    [InlineData("sort.column")]
    [InlineData("include_tag_id")]
    [InlineData("exclude_tag_id")]
    [InlineData("filter")]
    public async Task Refuses_a_wrong_definition_and_names_the_field(string field)
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("Both");
        var list = new SmartList { Name = "List", Filter = new Filter { Everyone = new EveryoneClause() } };
        Action spoil = field switch
        {
            "name" => () => list.Name = " List",
            "columns[1]" => () => list.Columns.Add(["email", "emial"]),
            "columns" => () => list.Columns.Add(["email", "email"]),
            "sort.column" => () => list.Sort = new SmartListSort { Column = "tags" },
            "include_tag_id" => () => list.IncludeTagId = -1,
            "exclude_tag_id" => () => (list.IncludeTagId, list.ExcludeTagId) = (tag, tag),
            _ => () => list.Filter = null,
        };
        spoil();

        var error = await Expect.FailureAsync(async () =>
            await SmartLists.CreateSmartListAsync(new() { Account = account.Name, SmartList = list }));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, $"smart_list.{field}");
        Assert.Empty((await SmartLists.ListSmartListsAsync(new() { Account = account.Name })).SmartLists);
    }

    [Fact]
    public async Task Refuses_tags_that_do_not_exist()
    {
        var account = await AccountAsync(1);

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () =>
            SaveListAsync(account, "everyone", list => list.ExcludeTagId = 17));

        Assert.Equal("smart_list.exclude_tag_id", info.Metadata["path"]);
    }

    private async Task<SmartList> UpdateAsync(DirectAccount account, SmartList list, string? mask = null, int version = 0) =>
        (await SmartLists.UpdateSmartListAsync(new UpdateSmartListRequest
        {
            Account = account.Name,
            SmartList = list,
            UpdateMask = mask is null ? null : FieldMask.FromString(mask),
            Version = version,
        })).SmartList;
}
