using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Tags.Tagging.Bulk;
using TagSegments.Testing;
using State = Crm.Tags.V1.BulkOperation.Types.State;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

/// <summary>The progress of operations as a stream.</summary>
public sealed class BulkWatchTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private BulkRuns Bulk => new(shared.Apps);

    [Fact]
    public async Task A_watch_goes_forward_and_ends_with_the_final_state()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(200_000);
        var hot = await account.NewTagAsync("Hot");

        var started = await Bulk.StartAsync(account, Enumerable.Range(1, 200_000), [hot], []);
        var seen = await WatchAsync(account, started.OperationId);

        Assert.Equal(await GetAsync(account, started.OperationId), seen[^1]);
        Assert.Equal((State.Succeeded, 200_000, 200_000), (seen[^1].State, seen[^1].DoneContacts, seen[^1].Changes.Single().Changed));
        Assert.Equal(seen.Select(operation => operation.DoneContacts).Order(), seen.Select(operation => operation.DoneContacts));
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.DoesNotContain(seen.SkipLast(1), operation => operation.FinishTime is not null);
        // It has ended: one message.
        Assert.Equal([seen[^1]], await WatchAsync(account, started.OperationId));
    }

    [Fact]
    public async Task Finding_14_an_operation_that_waits_costs_its_watchers_one_read()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var watch = shared.Apps.App(Service.Tags).Services.GetRequiredService<BulkWatch>();
        var operationId = await InsertHeldAsync(account);
        var calls = Enumerable.Range(0, 10)
            .Select(_ => Bulk.Client.WatchBulkOperation(new() { Account = account.Name, OperationId = operationId })).ToList();
        foreach (var call in calls)
        {
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal(State.Pending, call.ResponseStream.Current.Operation.State);
        }

        var (ticks, reads) = (watch.Ticks, watch.Reads);
        await Eventually.ReadAsync(() => Task.FromResult(watch.Ticks), now => now >= ticks + 3);
        Assert.Equal(reads, watch.Reads);

        await Bulk.Client.CancelBulkOperationAsync(new() { Account = account.Name, OperationId = operationId });
        foreach (var call in calls)
        {
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal(State.Cancelled, call.ResponseStream.Current.Operation.State);
            Assert.False(await call.ResponseStream.MoveNext(default));
        }

        await Eventually.ReadAsync(() => Task.FromResult(watch.Watched), watched => watched == 0);
    }

    [Fact]
    public async Task A_watch_of_what_is_erased_ends_and_others_go_on()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var (erased, other) = (await InsertHeldAsync(account), await InsertHeldAsync(account));
        using var first = Bulk.Client.WatchBulkOperation(new() { Account = account.Name, OperationId = erased });
        using var second = Bulk.Client.WatchBulkOperation(new() { Account = account.Name, OperationId = other });
        Assert.True(await first.ResponseStream.MoveNext(default));
        Assert.True(await second.ResponseStream.MoveNext(default));

        await using var database = account.Database();
        await using var delete = database.CreateCommand("DELETE FROM tags.bulk_operation WHERE operation_id = $1");
        delete.Parameters.AddWithValue(Guid.Parse(erased));
        await delete.ExecuteNonQueryAsync();
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => first.ResponseStream.MoveNext(default));
        await Bulk.Client.CancelBulkOperationAsync(new() { Account = account.Name, OperationId = other });

        Assert.True(await second.ResponseStream.MoveNext(default));
        Assert.Equal(State.Cancelled, second.ResponseStream.Current.Operation.State);
    }

    [Fact]
    public async Task An_operation_of_another_account_cannot_be_watched()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var other = await TagAccount.NewAsync(shared.Apps);
        var operationId = await InsertHeldAsync(other);

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => WatchAsync(account, operationId));
        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => WatchAsync(account, Guid.NewGuid().ToString()));
        await Bulk.Client.CancelBulkOperationAsync(new() { Account = other.Name, OperationId = operationId });
    }

    // An operation that nobody runs: a process that does not exist holds it.
    private static async Task<string> InsertHeldAsync(TagAccount account)
    {
        var operationId = Guid.CreateVersion7();
        await using var database = account.Database();
        await using var insert = database.CreateCommand("""
            INSERT INTO tags.bulk_operation (account_id, operation_id, state, source, add_tag_ids, remove_tag_ids, actor, skip_workflows, owner, lease_until)
            VALUES ($1, $2, 1, '{"text": "everyone"}', '{}', '{}', 'somebody', false, gen_random_uuid(), 'infinity')
            """);
        insert.Parameters.AddWithValue(await account.IdAsync());
        insert.Parameters.AddWithValue(operationId);
        await insert.ExecuteNonQueryAsync();
        return operationId.ToString();
    }

    private async Task<List<BulkOperation>> WatchAsync(TagAccount account, string operationId)
    {
        using var call = Bulk.Client.WatchBulkOperation(new() { Account = account.Name, OperationId = operationId });
        return await call.ResponseStream.ReadAllAsync().Select(part => part.Operation).ToListAsync();
    }

    private async Task<BulkOperation> GetAsync(TagAccount account, string operationId) =>
        (await Bulk.Client.GetBulkOperationAsync(new() { Account = account.Name, OperationId = operationId })).Operation;
}
