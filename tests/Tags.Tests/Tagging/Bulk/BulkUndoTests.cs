using Crm.Tags.V1;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

/// <summary>Undo reverts every change of the operation that nobody has changed since.</summary>
public sealed class BulkUndoTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private BulkRuns Bulk => new(shared.Apps);

    [Fact]
    public async Task Undo_reverts_exactly_what_the_operation_changed_and_nobody_changed_since()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var hot = await account.NewTagAsync("Hot");
        await account.BulkAsync(Enumerable.Range(1, 100), [hot]);
        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 20_000), [hot], []);
        await account.RemoveTagsAsync(200, hot);
        await account.RemoveTagsAsync(300, hot);
        await account.AddTagsAsync(300, hot);

        var undo = await Bulk.UndoAsync(account, operation);

        Assert.Equal(operation.OperationId, undo.UndoOf);
        Assert.Equal(new TagChangeCount { TagId = hot, Changed = 19_898, Unchanged = 2 }, Assert.Single(undo.Changes));
        Assert.Equal([.. Enumerable.Range(1, 100), 300], await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Undo_of_an_undo_brings_the_changes_back()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(50);
        var hot = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(1, hot);
        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 50), [], [hot]);

        var undo = await Bulk.UndoAsync(account, operation);
        Assert.Equal([1], await BulkRuns.HoldersAsync(account, hot));
        Assert.Equal(0, (await Bulk.UndoAsync(account, operation)).Changes.Single().Changed);

        await Bulk.UndoAsync(account, undo);
        Assert.Empty(await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Undo_survives_the_deletion_and_restoration_of_the_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(50);
        var hot = await account.NewTagAsync("Hot");
        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 50), [hot], []);
        await account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = hot });
        await account.Tags.RestoreTagAsync(new RestoreTagRequest { Account = account.Name, TagId = hot });

        Assert.Equal(50, (await Bulk.UndoAsync(account, operation)).Changes.Single().Changed);
        Assert.Empty(await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Undo_of_a_removal_survives_the_deletion_and_restoration_of_the_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(50);
        var hot = await account.NewTagAsync("Hot");
        await account.BulkAsync(Enumerable.Range(1, 50), [hot]);
        var operation = await Bulk.RunAsync(account, Enumerable.Range(1, 50), [], [hot]);
        await account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = hot });
        await account.Tags.RestoreTagAsync(new RestoreTagRequest { Account = account.Name, TagId = hot });
        await account.AddTagsAsync(7, hot);
        await account.RemoveTagsAsync(7, hot);

        Assert.Equal(new TagChangeCount { TagId = hot, Changed = 49, Unchanged = 1 }, Assert.Single((await Bulk.UndoAsync(account, operation)).Changes));
        Assert.Equal(Enumerable.Range(1, 50).Except([7]), await BulkRuns.HoldersAsync(account, hot));
    }
}
