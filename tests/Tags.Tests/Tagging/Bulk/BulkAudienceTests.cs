using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

/// <summary>The contacts of an operation: all that match, at the moment it begins.</summary>
public sealed class BulkAudienceTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private BulkRuns Bulk => new(shared.Apps);

    [Fact]
    public async Task Runs_on_all_that_match_a_filter()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(100, 18_000), [old]);

        var started = await Bulk.Client.StartBulkOperationAsync(new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = new BulkContacts { Matching = new FilterSource { Text = "has tag \"Old\"" } },
            AddTagIds = { hot },
        });
        var operation = await Bulk.WaitAsync(account, started.Operation.OperationId);

        Assert.Equal((BulkOperation.Types.State.Succeeded, 18_000, ""), (operation.State, operation.TotalContacts, operation.Error));
        Assert.Equal(Enumerable.Range(100, 18_000), await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_starts_nothing()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var hot = await account.NewTagAsync("Hot");

        var error = await Expect.FailureAsync(() => RunAsync(account, new FilterSource { Text = "has tag (" }, hot));

        error.Is(StatusCode.InvalidArgument, ErrorReason.FilterInvalid);
        Assert.Empty((await Bulk.Client.ListBulkOperationsAsync(new ListBulkOperationsRequest { Account = account.Name })).Operations);
    }

    [Fact]
    public async Task A_filter_that_breaks_before_the_operation_begins_fails_it_visibly()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var operationId = Guid.CreateVersion7();
        await using var database = account.Database();
        await using (var pending = database.CreateCommand("""
            INSERT INTO tags.bulk_operation (account_id, operation_id, state, source, add_tag_ids, remove_tag_ids, actor, skip_workflows, created_at)
            VALUES ($1, $2, 1, '{"text": "has tag ("}', ARRAY[$3], '{}', 'somebody', false, now())
            """))
        {
            pending.Parameters.AddWithValue(await account.IdAsync());
            pending.Parameters.AddWithValue(operationId);
            pending.Parameters.AddWithValue(await account.NewTagAsync("Hot"));
            await pending.ExecuteNonQueryAsync();
        }

        var operation = await Bulk.WaitAsync(account, operationId.ToString());

        Assert.Equal(BulkOperation.Types.State.Failed, operation.State);
        Assert.NotEmpty(operation.Error);
    }

    [Fact]
    public async Task Runs_on_the_members_of_a_smart_list_with_those_put_in_and_left_out_by_hand()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1_000);
        var (old, hot, put, left) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"), await account.NewTagAsync("In"), await account.NewTagAsync("Out"));
        await account.BulkAsync(Enumerable.Range(100, 500), [old]);
        await account.AddTagsAsync(7, put);
        await account.AddTagsAsync(100, left);
        var list = (await shared.Apps.SmartLists.CreateSmartListAsync(new()
        {
            Account = account.Name,
            SmartList = new() { Name = "Olds", IncludeTagId = put, ExcludeTagId = left },
            Text = "has tag \"Old\"",
        })).SmartList;

        var operation = await RunAsync(account, new FilterSource { SmartListId = list.SmartListId }, hot);

        Assert.Equal((BulkOperation.Types.State.Succeeded, 500), (operation.State, operation.TotalContacts));
        Assert.Equal([7, .. Enumerable.Range(101, 499)], await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Runs_on_a_saved_segment_and_is_undone_although_nobody_matches_any_more()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(100);
        var hot = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(5, hot);
        await shared.Apps.Segments.CreateSegmentAsync(new() { Account = account.Name, Segment = new() { Name = "Cold" }, Text = "has no tag" });

        var operation = await RunAsync(account, new FilterSource { SegmentName = "Cold" }, hot);
        var undo = await Bulk.UndoAsync(account, operation);

        Assert.Equal((99, 99), (operation.Changes.Single().Changed, undo.Changes.Single().Changed));
        Assert.Equal([5], await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task A_start_that_is_repeated_is_answered_although_its_segment_is_gone()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(10);
        var segment = (await shared.Apps.Segments.CreateSegmentAsync(
            new() { Account = account.Name, Segment = new() { Name = "Cold" }, Text = "has no tag" })).Segment;
        var request = new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = new BulkContacts { Matching = new FilterSource { SegmentId = segment.SegmentId } },
            AddTagIds = { await account.NewTagAsync("Hot") },
            RequestId = "once",
        };

        var started = (await Bulk.Client.StartBulkOperationAsync(request)).Operation;
        await Bulk.WaitAsync(account, started.OperationId);
        await shared.Apps.Segments.DeleteSegmentAsync(new() { Account = account.Name, SegmentId = segment.SegmentId });
        var repeated = (await Bulk.Client.StartBulkOperationAsync(request)).Operation;
        request.RequestId = "anew";
        var anew = await Expect.StatusAsync(() => Bulk.Client.StartBulkOperationAsync(request).ResponseAsync);

        Assert.Equal(started.OperationId, repeated.OperationId);
        Assert.NotEqual(StatusCode.OK, anew);
    }

    [Fact]
    public async Task Runs_on_an_unsaved_filter_given_as_a_tree()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(100);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(1, 10), [old]);
        var filter = (await shared.Apps.Segments.ParseFilterAsync(
            new() { Account = account.Name, Source = new() { Text = "NOT has tag \"Old\"" } })).Filter;

        var operation = await RunAsync(account, new FilterSource { Filter = filter }, hot);

        Assert.Equal(90, operation.Changes.Single().Changed);
        Assert.Equal(Enumerable.Range(11, 90), await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task A_contact_deleted_meanwhile_is_either_changed_or_skipped_and_the_outcome_says_which()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(300_000);
        var contactId = await account.NewContactAsync();
        var hot = await account.NewTagAsync("Hot");

        var started = await Bulk.StartAsync(account, Enumerable.Range(1, 300_000), [hot], []);
        await account.DeleteContactAsync(contactId);
        var operation = await Bulk.WaitAsync(account, started.OperationId);

        var outcome = (await Bulk.OutcomesAsync(account, operation)).Single(outcome => outcome.ContactId == contactId);
        await account.RestoreContactAsync(contactId);
        Assert.Equal(outcome.Skipped ? [] : ["Hot"], await account.TagsOfAsync(contactId));
        Assert.Equal((300_000, outcome.Skipped ? 1 : 0), (operation.DoneContacts, operation.SkippedContacts));
    }

    [Fact]
    public async Task A_contact_deleted_before_is_skipped_and_counted()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20);
        var contactId = await account.NewContactAsync();
        await account.DeleteContactAsync(contactId);

        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 20), [await account.NewTagAsync("Hot")], []);

        Assert.Equal((20, 1, 19), (operation.DoneContacts, operation.SkippedContacts, operation.Changes.Single().Changed));
        await account.RestoreContactAsync(contactId);
        Assert.Empty(await account.TagsOfAsync(contactId));
    }

    private async Task<BulkOperation> RunAsync(TagAccount account, FilterSource source, int add)
    {
        var started = await Bulk.Client.StartBulkOperationAsync(new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = new BulkContacts { Matching = source },
            AddTagIds = { add },
        });
        return await Bulk.WaitAsync(account, started.Operation.OperationId);
    }
}
