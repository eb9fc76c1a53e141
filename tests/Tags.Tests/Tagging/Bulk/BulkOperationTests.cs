using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

/// <summary>How operations run, end and report.</summary>
public sealed class BulkOperationTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private BulkRuns Bulk => new(shared.Apps);

    [Fact]
    public async Task Runs_to_its_end_and_counts_what_changed()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(1, 30_000), [old]);

        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 50_000), [hot], [old]);

        Assert.Equal(BulkOperation.Types.State.Succeeded, operation.State);
        Assert.Equal((50_000, 50_000, 10_000), (operation.TotalContacts, operation.DoneContacts, operation.SkippedContacts));
        Assert.Equal(
            [
                new TagChangeCount { TagId = hot, Changed = 40_000 },
                new TagChangeCount { TagId = old, Changed = 30_000, Unchanged = 10_000 },
            ],
            operation.Changes);
        Assert.Equal((40_000, 0), ((await account.GetTagAsync(hot)).ContactCount, (await account.GetTagAsync(old)).ContactCount));
    }

    [Fact]
    public async Task Finding_3_the_outcomes_of_many_chunks_come_in_order_each_once()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40_000);
        var hot = await account.NewTagAsync("Hot");

        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 50_000), [hot], []);
        var outcomes = await Bulk.OutcomesAsync(account, operation);

        Assert.Equal(Enumerable.Range(1, 50_000), outcomes.Select(outcome => outcome.ContactId));
        Assert.All(outcomes, outcome => Assert.Equal(outcome.ContactId > 40_000, outcome.Skipped));
        Assert.All(outcomes, outcome => Assert.Equal(outcome.Skipped ? [] : [hot], outcome.ChangedTagIds));
    }

    [Fact]
    public async Task A_dry_run_counts_the_same_and_changes_nothing()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(1, 500), [old, hot]);
        var position = await account.PositionAsync();

        var preview = await Bulk.Client.PreviewBulkOperationAsync(new PreviewBulkOperationRequest
        {
            Account = account.Name,
            Contacts = BulkRuns.Ids(Enumerable.Range(1, 20_100)),
            AddTagIds = { hot },
            RemoveTagIds = { old },
        });

        Assert.Equal(position, await account.PositionAsync());
        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 20_100), [hot], [old]);
        Assert.Equal(operation.Changes, preview.Changes);
        Assert.Equal(operation.SkippedContacts, preview.SkippedContacts);
    }

    [Fact]
    public async Task Outcomes_tell_what_became_of_each_contact()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(17_000);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.AddTagsAsync(16_999, a, b);
        var operation = await Bulk.RunAsync(account, [5, 16_999, 17_001, 40_000], [a], [b]);

        var outcomes = await Bulk.OutcomesAsync(account, operation);

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
        var started = await Bulk.StartAsync(account, Enumerable.Range(1, 1_000_000).Where(id => id % 5 == 0), [hot], []);

        var cancelled = (await Bulk.Client.CancelBulkOperationAsync(
            new CancelBulkOperationRequest { Account = account.Name, OperationId = started.OperationId })).Operation;

        Assert.True(cancelled.State is BulkOperation.Types.State.Cancelled or BulkOperation.Types.State.Succeeded);
        Assert.Equal(cancelled.Changes.Single().Changed, (await account.GetTagAsync(hot)).ContactCount);
        await Bulk.UndoAsync(account, cancelled);
        Assert.Empty(await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task An_operation_left_behind_by_a_dead_process_is_finished_without_repeating()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40_000);
        var hot = await account.NewTagAsync("Hot");
        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 40_000), [hot], []);
        await account.RemoveTagsAsync(5, hot);

        // As if the process had died before the last chunk was done: it is open again, with a lease that has run out.
        await BulkRuns.ReopenAsync(account, operation, undoneChunk: 2);
        var finished = await Bulk.WaitAsync(account, operation.OperationId);

        Assert.Equal(BulkOperation.Types.State.Succeeded, finished.State);
        Assert.DoesNotContain(5, await BulkRuns.HoldersAsync(account, hot));
        Assert.Equal(39_999, (await account.GetTagAsync(hot)).ContactCount);
    }

    [Fact]
    public async Task A_repeated_start_with_the_same_request_id_starts_one_operation()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(5);
        var request = new StartBulkOperationRequest
        {
            Account = account.Name,
            Contacts = BulkRuns.Ids([1, 2]),
            AddTagIds = { await account.NewTagAsync("Hot") },
            RequestId = "r1",
        };

        var first = await Bulk.Client.StartBulkOperationAsync(request);

        Assert.Equal(first, await Bulk.Client.StartBulkOperationAsync(request));
        Assert.Single((await Bulk.Client.ListBulkOperationsAsync(new ListBulkOperationsRequest { Account = account.Name })).Operations);
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
            ids.Insert(0, (await Bulk.StartAsync(account, [1], [hot], [])).OperationId);
        }

        var first = await Bulk.Client.ListBulkOperationsAsync(new ListBulkOperationsRequest { Account = account.Name, PageSize = 2 });
        var second = await Bulk.Client.ListBulkOperationsAsync(
            new ListBulkOperationsRequest { Account = account.Name, PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal(ids, first.Operations.Concat(second.Operations).Select(operation => operation.OperationId));
    }

    [Fact]
    public async Task Wrong_requests_are_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var hot = await account.NewTagAsync("Hot");

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => Bulk.StartAsync(account, [1], [hot], [hot]),
            "remove_tag_ids");
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => Bulk.StartAsync(account, [1], [hot + 1_000], []));
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => Bulk.Client.StartBulkOperationAsync(
                new StartBulkOperationRequest { Account = account.Name, AddTagIds = { hot } }).ResponseAsync,
            "contacts");
        await Expect.FailureAsync(
            StatusCode.NotFound,
            ErrorReason.NotFound,
            () => Bulk.Client.GetBulkOperationAsync(
                new GetBulkOperationRequest { Account = account.Name, OperationId = "nonsense" }).ResponseAsync);
    }
}
