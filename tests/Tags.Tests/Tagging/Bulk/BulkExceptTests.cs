using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

/// <summary>"All that match except these": contacts that an operation leaves out.</summary>
public sealed class BulkExceptTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private BulkRuns Bulk => new(shared.Apps);

    [Fact]
    public async Task All_that_match_except_some_are_counted_changed_and_changed_back()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(40_000);
        var (old, hot) = (await account.NewTagAsync("Old"), await account.NewTagAsync("Hot"));
        await account.BulkAsync(Enumerable.Range(100, 33_000), [old]);
        await account.AddTagsAsync(101, hot);
        // One that does not match, nobody, one twice, and all of a chunk.
        int[] except = [7, -3, 0, 999_999, 100, 100, 20_000, .. Enumerable.Range(32_768, 332)];
        var contacts = new BulkContacts { Matching = new FilterSource { Text = "has tag \"Old\"" }, ExcludeContactIds = { except } };
        int[] expected = [.. Enumerable.Range(100, 33_000).Except(except)];

        var preview = await Bulk.Client.PreviewBulkOperationAsync(new() { Account = account.Name, Contacts = contacts, AddTagIds = { hot } });
        var operation = await RunAsync(account, contacts, hot);

        Assert.Equal((expected.Length, 334, 0), (preview.TotalContacts, preview.ExcludedContacts, preview.SkippedContacts));
        Assert.Equal(preview.Changes, operation.Changes);
        Assert.Equal((expected.Length, expected.Length), (operation.TotalContacts, operation.DoneContacts));
        Assert.Equal((expected.Length - 1, 1), (operation.Changes.Single().Changed, operation.Changes.Single().Unchanged));
        Assert.Equal(expected, await BulkRuns.HoldersAsync(account, hot));
        Assert.Equal(expected, (await Bulk.OutcomesAsync(account, operation)).Select(outcome => outcome.ContactId));

        await account.AddTagsAsync(100, hot);
        var undo = await Bulk.UndoAsync(account, operation);
        Assert.Equal(expected.Length - 1, undo.Changes.Single().Changed);
        Assert.Equal([100, 101], await BulkRuns.HoldersAsync(account, hot));
    }

    [Fact]
    public async Task Numbers_that_are_given_can_be_left_out_too_even_all_of_them()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(10);
        var hot = await account.NewTagAsync("Hot");
        var contacts = BulkRuns.Ids([1, 2, 3, 99]);
        contacts.ExcludeContactIds.Add([2, 5]);

        var preview = await Bulk.Client.PreviewBulkOperationAsync(new() { Account = account.Name, Contacts = contacts, AddTagIds = { hot } });
        var operation = await RunAsync(account, contacts, hot);
        contacts.ExcludeContactIds.Add([1, 3, 99]);
        var none = await RunAsync(account, contacts, hot);

        Assert.Equal((3, 1, 1), (preview.TotalContacts, preview.ExcludedContacts, preview.SkippedContacts));
        Assert.Equal((3, 1), (operation.TotalContacts, operation.SkippedContacts));
        Assert.Equal([1, 3], await BulkRuns.HoldersAsync(account, hot));
        Assert.Equal((BulkOperation.Types.State.Succeeded, 0), (none.State, none.TotalContacts));
    }

    [Fact]
    public async Task Only_so_many_can_be_left_out()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var hot = await account.NewTagAsync("Hot");
        var contacts = new BulkContacts { Matching = new FilterSource { Text = "everyone" }, ExcludeContactIds = { Enumerable.Range(1, 10_001) } };

        await Expect.FailureAsync(
            StatusCode.InvalidArgument, ErrorReason.InvalidField, () => RunAsync(account, contacts, hot), "contacts.exclude_contact_ids");
        contacts.ExcludeContactIds.RemoveAt(0);
        Assert.Equal(0, (await RunAsync(account, contacts, hot)).TotalContacts);
    }

    private async Task<BulkOperation> RunAsync(TagAccount account, BulkContacts contacts, int add)
    {
        var request = new StartBulkOperationRequest { Account = account.Name, Contacts = contacts, AddTagIds = { add } };
        return await Bulk.WaitAsync(account, (await Bulk.Client.StartBulkOperationAsync(request)).Operation.OperationId);
    }
}
