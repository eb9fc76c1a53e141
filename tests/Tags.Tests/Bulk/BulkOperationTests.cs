using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Bulk;

public class BulkOperationTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private BulkService.BulkServiceClient Bulk => new(shared.Apps.Channel(Service.Tags));

    [Fact]
    public async Task Runs_to_its_end_and_counts_what_changed()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(1, 30_000), [old]);

        var operation = await RunAsync(account, Enumerable.Range(1, 50_000), [hot], [old]);

        Assert.Equal(BulkOperation.Types.State.Succeeded, operation.State);
        Assert.Equal((50_000, 50_000, 10_000), (operation.TotalContacts, operation.DoneContacts, operation.SkippedContacts));
        Assert.Equal(
            [
                new TagChangeCount { TagId = hot, Changed = 40_000 },
                new TagChangeCount { TagId = old, Changed = 30_000, Unchanged = 10_000 },
            ],
            operation.Changes);
        Assert.Equal((40_000, 0), ((await account.GetAsync(hot)).ContactCount, (await account.GetAsync(old)).ContactCount));
    }

    [Fact]
    public async Task A_dry_run_counts_the_same_and_changes_nothing()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(1, 500), [old, hot]);
        var position = await account.PositionAsync();

        var preview = await Bulk.PreviewBulkOperationAsync(new PreviewBulkOperationRequest
        {
            Account = account.Name,
            Contacts = Ids(Enumerable.Range(1, 20_100)),
            AddTagIds = { hot },
            RemoveTagIds = { old },
        });

        Assert.Equal(position, await account.PositionAsync());
        var operation = await RunAsync(account, Enumerable.Range(1, 20_100), [hot], [old]);
        Assert.Equal(operation.Changes, preview.Changes);
        Assert.Equal(operation.SkippedContacts, preview.SkippedContacts);
    }

    [Fact]
    public async Task Runs_on_all_that_match_a_filter()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(100, 18_000), [old]);

        var started = await Bulk.StartBulkOperationAsync(new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = new BulkContacts { Matching = new FilterSource { Text = "has tag \"Old\"" } },
            AddTagIds = { hot },
        });
        var operation = await WaitAsync(account, started.Operation.OperationId);

        Assert.Equal((BulkOperation.Types.State.Succeeded, 18_000, ""), (operation.State, operation.TotalContacts, operation.Error));
        Assert.Equal(Enumerable.Range(100, 18_000), await HoldersAsync(account, hot));
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_fails_the_operation_visibly()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var started = await Bulk.StartBulkOperationAsync(new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = new BulkContacts { Matching = new FilterSource { Text = "has tag (" } },
            AddTagIds = { await account.NewTagAsync("Hot") },
        });

        var operation = await WaitAsync(account, started.Operation.OperationId);

        Assert.Equal(BulkOperation.Types.State.Failed, operation.State);
        Assert.NotEmpty(operation.Error);
    }

    [Fact]
    public async Task Undo_reverts_exactly_what_the_operation_changed_and_nobody_changed_since()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var hot = await account.NewTagAsync("Hot");
        await account.BulkAsync(Enumerable.Range(1, 100), [hot]);
        var operation = await RunAsync(account, Enumerable.Range(1, 20_000), [hot], []);
        await account.RemoveAsync(200, hot);
        await account.RemoveAsync(300, hot);
        await account.AddAsync(300, hot);

        var undo = await UndoAsync(account, operation);

        Assert.Equal(operation.OperationId, undo.UndoOf);
        Assert.Equal(new TagChangeCount { TagId = hot, Changed = 19_898, Unchanged = 2 }, Assert.Single(undo.Changes));
        Assert.Equal([.. Enumerable.Range(1, 100), 300], await HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Undo_of_an_undo_brings_the_changes_back()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(50);
        var hot = await account.NewTagAsync("Hot");
        await account.AddAsync(1, hot);
        var operation = await RunAsync(account, Enumerable.Range(1, 50), [], [hot]);

        var undo = await UndoAsync(account, operation);
        Assert.Equal([1], await HoldersAsync(account, hot));
        Assert.Equal(0, (await UndoAsync(account, operation)).Changes.Single().Changed);

        await UndoAsync(account, undo);
        Assert.Empty(await HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Undo_survives_the_deletion_and_restoration_of_the_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(50);
        var hot = await account.NewTagAsync("Hot");
        var operation = await RunAsync(account, Enumerable.Range(1, 50), [hot], []);
        await account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = hot });
        await account.Tags.RestoreTagAsync(new RestoreTagRequest { Account = account.Name, TagId = hot });

        Assert.Equal(50, (await UndoAsync(account, operation)).Changes.Single().Changed);
        Assert.Empty(await HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Outcomes_tell_what_became_of_each_contact()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(17_000);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddAsync(16_999, a, b);
        var operation = await RunAsync(account, [5, 16_999, 17_001, 40_000], [a], [b]);

        var outcomes = await OutcomesAsync(account, operation);

        Assert.Equal(
            [
                new ContactOutcome { ContactId = 5, ChangedTagIds = { a } },
                new ContactOutcome { ContactId = 16_999, ChangedTagIds = { b } },
                new ContactOutcome { ContactId = 17_001, Skipped = true },
                new ContactOutcome { ContactId = 40_000, Skipped = true },
            ],
            outcomes);
    }

    [Fact]
    public async Task A_cancelled_operation_changes_nothing_more_and_can_be_undone()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1_000);
        var hot = await account.NewTagAsync("Hot");
        var started = await StartAsync(account, Enumerable.Range(1, 1_000_000).Where(id => id % 5 == 0), [hot], []);

        var cancelled = (await Bulk.CancelBulkOperationAsync(
            new CancelBulkOperationRequest { Account = account.Name, OperationId = started.OperationId })).Operation;

        Assert.True(cancelled.State is BulkOperation.Types.State.Cancelled or BulkOperation.Types.State.Succeeded);
        Assert.Equal(cancelled.Changes.Single().Changed, (await account.GetAsync(hot)).ContactCount);
        await UndoAsync(account, cancelled);
        Assert.Empty(await HoldersAsync(account, hot));
    }

    [Fact]
    public async Task An_operation_left_behind_by_a_dead_process_is_finished_without_repeating()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40_000);
        var hot = await account.NewTagAsync("Hot");
        var operation = await RunAsync(account, Enumerable.Range(1, 40_000), [hot], []);
        await account.RemoveAsync(5, hot);

        // As if the process had died before the last chunk was done: it is open again, with a lease that has run out.
        await ReopenAsync(account, operation, undoneChunk: 2);
        var finished = await WaitAsync(account, operation.OperationId);

        Assert.Equal(BulkOperation.Types.State.Succeeded, finished.State);
        Assert.DoesNotContain(5, await HoldersAsync(account, hot));
        Assert.Equal(39_999, (await account.GetAsync(hot)).ContactCount);
    }

    [Fact]
    public async Task A_repeated_start_with_the_same_request_id_starts_one_operation()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(5);
        var request = new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = Ids([1, 2]),
            AddTagIds = { await account.NewTagAsync("Hot") },
            RequestId = "r1",
        };

        var first = await Bulk.StartBulkOperationAsync(request);

        Assert.Equal(first, await Bulk.StartBulkOperationAsync(request));
        Assert.Single((await Bulk.ListBulkOperationsAsync(new ListBulkOperationsRequest { Account = account.Name })).Operations);
    }

    [Fact]
    public async Task Lists_operations_newest_first_page_by_page()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        var hot = await account.NewTagAsync("Hot");
        var ids = new List<string>();
        for (var number = 0; number < 3; number++)
        {
            ids.Insert(0, (await StartAsync(account, [1], [hot], [])).OperationId);
        }

        var first = await Bulk.ListBulkOperationsAsync(new ListBulkOperationsRequest { Account = account.Name, PageSize = 2 });
        var second = await Bulk.ListBulkOperationsAsync(
            new ListBulkOperationsRequest { Account = account.Name, PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal(ids, first.Operations.Concat(second.Operations).Select(operation => operation.OperationId));
    }

    [Fact]
    public async Task Wrong_requests_are_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var hot = await account.NewTagAsync("Hot");

        Assert.Equal((StatusCode.InvalidArgument, "INVALID_FIELD", "remove_tag_ids"), await TagAccount.FailureAsync(() => StartAsync(account, [1], [hot], [hot])));
        Assert.Equal((StatusCode.NotFound, "NOT_FOUND", ""), await TagAccount.FailureAsync(() => StartAsync(account, [1], [hot + 1_000], [])));
        Assert.Equal(
            (StatusCode.InvalidArgument, "INVALID_FIELD", "contacts"),
            await TagAccount.FailureAsync(() => Bulk.StartBulkOperationAsync(
                new StartBulkOperationRequest { Account = account.Name, AddTagIds = { hot } }).ResponseAsync));
        Assert.Equal(
            (StatusCode.NotFound, "NOT_FOUND", ""),
            await TagAccount.FailureAsync(() => Bulk.GetBulkOperationAsync(
                new GetBulkOperationRequest { Account = account.Name, OperationId = "nonsense" }).ResponseAsync));
    }

    private static BulkContacts Ids(IEnumerable<int> contactIds) =>
        new() { Ids = new BulkContacts.Types.Ids { ContactIds = { contactIds } } };

    private async Task<BulkOperation> StartAsync(TagAccount account, IEnumerable<int> contactIds, int[] add, int[] remove) =>
        (await Bulk.StartBulkOperationAsync(new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = Ids(contactIds),
            AddTagIds = { add },
            RemoveTagIds = { remove },
        })).Operation;

    private async Task<BulkOperation> RunAsync(TagAccount account, IEnumerable<int> contactIds, int[] add, int[] remove) =>
        await WaitAsync(account, (await StartAsync(account, contactIds, add, remove)).OperationId);

    private async Task<BulkOperation> UndoAsync(TagAccount account, BulkOperation operation)
    {
        var undo = await Bulk.UndoBulkOperationAsync(new UndoBulkOperationRequest { Account = account.Name, OperationId = operation.OperationId });
        return await WaitAsync(account, undo.Operation.OperationId);
    }

    private async Task<BulkOperation> WaitAsync(TagAccount account, string operationId)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var operation = (await Bulk.GetBulkOperationAsync(
                new GetBulkOperationRequest { Account = account.Name, OperationId = operationId })).Operation;
            if (operation.FinishTime is not null)
            {
                return operation;
            }

            await Task.Delay(20, patience.Token);
        }
    }

    private async Task<List<ContactOutcome>> OutcomesAsync(TagAccount account, BulkOperation operation)
    {
        using var call = Bulk.StreamBulkOutcomes(
            new StreamBulkOutcomesRequest { Account = account.Name, OperationId = operation.OperationId });
        var outcomes = new List<ContactOutcome>();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            outcomes.AddRange(part.Outcomes);
        }

        return outcomes;
    }

    private static async Task<List<int>> HoldersAsync(TagAccount account, int tagId)
    {
        await using var database = account.Database();
        await using var command = database.CreateCommand("SELECT chunk, bits FROM tags.tag_chunk WHERE account_id = $1 AND tag_id = $2 ORDER BY chunk");
        command.Parameters.AddWithValue(await account.IdAsync());
        command.Parameters.AddWithValue(tagId);
        await using var reader = await command.ExecuteReaderAsync();
        var holders = new List<int>();
        while (await reader.ReadAsync())
        {
            holders.AddRange(ChunkBits.Contacts(
                reader.GetInt32(0), reader.ReadBits(1)));
        }

        return holders;
    }

    private static async Task ReopenAsync(TagAccount account, BulkOperation operation, int undoneChunk)
    {
        await using var database = account.Database();
        await using var batch = database.CreateBatch();
        batch.Add(
            "UPDATE tags.bulk_chunk SET skipped = NULL, pos = NULL WHERE operation_id = $1 AND chunk = $2",
            Guid.Parse(operation.OperationId),
            undoneChunk);
        batch.Add(
            "UPDATE tags.bulk_operation SET state = 2, finished_at = NULL, lease_until = '-infinity' WHERE operation_id = $1",
            Guid.Parse(operation.OperationId));
        await batch.ExecuteNonQueryAsync();
    }
}
