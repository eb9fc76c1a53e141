using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Tags.Tagging.Bulk;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Bulk;

/// <summary>Finding 14: bulk operations of all accounts waited in one queue, in order of arrival, without a limit.</summary>
public sealed class Finding14BulkTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private BulkRuns Bulk => new(shared.Apps);

    [Fact]
    public async Task Operations_beyond_the_limit_of_an_account_are_refused_while_those_of_others_run()
    {
        var (busy, quiet) = (await TagAccount.NewAsync(shared.Apps), await TagAccount.NewAsync(shared.Apps));
        await shared.Apps.Accounts.SetAccountLimitsAsync(new() { Account = busy.Name, Limits = new() { BulkOperations = 1 } });
        await busy.NewContactsAsync(1);
        await quiet.NewContactsAsync(1);
        var (tag, other) = (await busy.NewTagAsync("Hot"), await quiet.NewTagAsync("Hot"));
        var ended = await Bulk.RunAsync(busy, [1], [tag], []);
        await using var database = busy.Database();
        var open = await AddAsync(database, await busy.IdAsync(), tag, "infinity");

        var refused = await Expect.FailureAsync(
            StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => Bulk.StartAsync(busy, [1], [], [tag]));
        await Expect.FailureAsync(StatusCode.ResourceExhausted, ErrorReason.QuotaExceeded, () => Bulk.UndoAsync(busy, ended));
        await Bulk.RunAsync(quiet, [1], [other], []);
        await Bulk.Client.CancelBulkOperationAsync(new() { Account = busy.Name, OperationId = open.ToString() });
        await Bulk.RunAsync(busy, [1], [], [tag]);

        Assert.Equal(("bulk_operations", "1"), (refused.Metadata["quota"], refused.Metadata["limit"]));
        Assert.NotNull(refused.RetryDelay);
    }

    [Fact]
    public async Task The_operation_of_another_account_is_next_however_many_wait()
    {
        await using var apps = await TestApps.StartAsync(new() { Services = [Service.Tags] });
        var (busy, quiet) = (await TagAccount.NewAsync(apps), await TagAccount.NewAsync(apps));
        var (busyId, quietId) = (await busy.IdAsync(), await quiet.IdAsync());
        await apps.StopAsync(Service.Tags);
        await using var database = busy.Database();
        for (var i = 0; i < 100; i++)
        {
            await AddAsync(database, busyId, 1, "-infinity");
        }

        await AddAsync(database, quietId, 1, "-infinity");
        await using var service = apps.Database.Of("tags");
        var store = new BulkStore(service.Accounts, service.Work);
        var closed = new ClosedAccounts();
        closed.Set([]);
        using var claims = new FairClaims(mostPerAccount: 2, closed);
        Task<BulkRow?> NextAsync() => claims.NextAsync(order => store.ClaimAsync(Guid.NewGuid(), order, default), row => row.AccountId, default);

        var first = await NextAsync();
        claims.End(busyId, 1, TimeSpan.FromSeconds(1));
        var second = await NextAsync();
        claims.End(quietId, 1, TimeSpan.FromSeconds(2));
        BulkRow?[] rest = [await NextAsync(), await NextAsync(), await NextAsync()];

        Assert.Equal([busyId, quietId], new[] { first, second }.Select(operation => operation!.AccountId));
        // The busy account may not have a third worker.
        Assert.Equal([busyId, busyId, null], rest.Select(operation => operation?.AccountId));
    }

    [Fact]
    public async Task An_operation_that_was_given_back_goes_on_before_others_of_its_account()
    {
        await using var apps = await TestApps.StartAsync(new() { Services = [Service.Tags] });
        var account = await TagAccount.NewAsync(apps);
        var accountId = await account.IdAsync();
        await apps.StopAsync(Service.Tags);
        await using var database = account.Database();
        var (begun, _) = (await AddAsync(database, accountId, 1, "-infinity"), await AddAsync(database, accountId, 1, "-infinity"));
        await using var service = apps.Database.Of("tags");
        var (store, owner) = (new BulkStore(service.Accounts, service.Work), Guid.NewGuid());

        var claimed = await store.ClaimAsync(owner, ClaimOrder.OfArrival, default);
        await store.GiveBackAsync(claimed!, owner, default);
        var next = await store.ClaimAsync(Guid.NewGuid(), ClaimOrder.OfArrival, default);

        Assert.Equal((begun, begun), (claimed!.OperationId, next!.OperationId));
    }

    // An open operation without contacts.
    private static async Task<Guid> AddAsync(NpgsqlDataSource database, int accountId, int tagId, string leaseUntil)
    {
        var id = Guid.CreateVersion7();
        await using var batch = database.CreateBatch();
        batch.Add(
            """
            INSERT INTO tags.bulk_operation (account_id, operation_id, state, add_tag_ids, remove_tag_ids, actor, skip_workflows, total,
                created_at, lease_until)
            VALUES ($1, $2, 2, ARRAY[$3], '{}', 'test', false, 0, clock_timestamp(), $4::timestamptz)
            """,
            accountId,
            id,
            tagId,
            leaseUntil);
        await batch.ExecuteNonQueryAsync();
        return id;
    }
}
