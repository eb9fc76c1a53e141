using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.Erasures;

namespace TagSegments.EndToEnd.Tests.Deletion;

/// <summary>A deleted account is erased when its time is over: in every table, in Redis, and for good, while other accounts keep what they have.</summary>
public sealed class ErasureTests
{
    // Tables that the filled account may not reach: work that is over at once, and changes that it does not make.
    private const int FewestTables = 40;

    [Fact]
    public async Task Nothing_of_an_erased_account_is_left_and_everything_of_another_one()
    {
        await using var apps = await StartAsync(rowsAtOnce: 100, pause: TimeSpan.Zero);
        var (gone, kept) = (await FilledAccount.NewFilledAsync(apps), await FilledAccount.NewFilledAsync(apps));
        var (goneId, keptId) = (await gone.IdAsync(), await kept.IdAsync());
        // Writing to Redis is left out while Redis is slow, so it is tried again.
        Assert.NotEmpty(await Eventually.ReadAsync(
            async () =>
            {
                await gone.FillRedisAsync();
                await kept.FillRedisAsync();
                return (await AccountRows.KeysAsync(apps.RedisConnectionString, keptId)).Count > 0 ? await AccountRows.KeysAsync(apps.RedisConnectionString, goneId) : [];
            },
            keys => keys.Count > 0));
        var before = await AccountRows.SettledAsync(apps.Database.OwnerConnectionString, keptId);
        Assert.True(before.Count >= FewestTables, $"{before.Count} tables: {string.Join(", ", before.Keys)}");
        Assert.Equal(2, await AccountRows.RatesAsync(apps.Database.OwnerConnectionString));

        await apps.Accounts.DeleteAccountAsync(new() { Account = gone.Name });
        await ErasedAsync(apps, gone.Name);

        Assert.Empty(await AccountRows.ReadAsync(apps.Database.OwnerConnectionString, goneId));
        Assert.Empty(await AccountRows.KeysAsync(apps.RedisConnectionString, goneId));
        Assert.Equal(1, await AccountRows.RatesAsync(apps.Database.OwnerConnectionString));
        Assert.Empty(AccountRows.Lost(before, await AccountRows.ReadAsync(apps.Database.OwnerConnectionString, keptId)));
        Assert.NotEmpty(await AccountRows.KeysAsync(apps.RedisConnectionString, keptId));
        var deletion = (await apps.Accounts.ListPlatformEventsAsync(new())).Events.Single(entry => entry.Call.EndsWith("/DeleteAccount", StringComparison.Ordinal));
        Assert.Contains(gone.Name, deletion.Named, StringComparison.Ordinal);
        // The name is free, and what has it is new.
        await Eventually.ReadAsync(
            () => Expect.StatusAsync(() => apps.Accounts.CreateAccountAsync(new() { Account = gone.Name }).ResponseAsync), status => status is StatusCode.OK);
        Assert.NotEqual(goneId, (await apps.Accounts.GetAccountAsync(new() { Account = gone.Name })).Account.AccountId);
        await Eventually.ReadAsync(
            () => Expect.StatusAsync(() => apps.Segments.CountContactsAsync(new() { Account = gone.Name, Source = new() { Text = "everyone" } }).ResponseAsync),
            status => status is StatusCode.OK);
        Assert.Equal(0, (await apps.Segments.CountContactsAsync(new() { Account = gone.Name, Source = new() { Text = "everyone" } })).Count);
    }

    [Theory]
    [InlineData(Service.Campaigns, "campaigns")]
    [InlineData(Service.Tags, "crm")]
    public async Task An_erasure_that_was_interrupted_continues(Service service, string schema)
    {
        await using var apps = await StartAsync(rowsAtOnce: 2, pause: TimeSpan.FromMilliseconds(100));
        var account = await FilledAccount.NewFilledAsync(apps);
        var accountId = await account.IdAsync();
        var all = await AccountRows.CountAsync(apps.Database.OwnerConnectionString, accountId, schema);

        await apps.Accounts.DeleteAccountAsync(new() { Account = account.Name });
        await Eventually.ReadAsync(() => AccountRows.CountAsync(apps.Database.OwnerConnectionString, accountId, schema), rows => rows < all - 5);
        await apps.StopAsync(service);
        var left = await AccountRows.CountAsync(apps.Database.OwnerConnectionString, accountId, schema);
        await apps.StartAsync(service);
        await ErasedAsync(apps, account.Name);

        Assert.InRange(left, 1, all - 1);
        Assert.Empty(await AccountRows.ReadAsync(apps.Database.OwnerConnectionString, accountId));
    }

    [Fact]
    public async Task What_is_being_erased_cannot_be_restored()
    {
        // Nobody erases as long as the workflow service does not report.
        await using var apps = await StartAsync(rowsAtOnce: 100, pause: TimeSpan.Zero);
        await apps.StopAsync(Service.Workflows);
        var account = await apps.NewAccountAsync();
        await apps.Accounts.DeleteAccountAsync(new() { Account = account });

        await Eventually.ReadAsync(
            () => Expect.StatusAsync(() => apps.Accounts.GetAccountAsync(new() { Account = account }, Services()).ResponseAsync),
            status => status is StatusCode.NotFound);
        await Expect.FailureAsync(
            StatusCode.NotFound, ErrorReason.AccountNotFound, () => apps.Accounts.RestoreAccountAsync(new() { Account = account }).ResponseAsync);
        await Expect.FailureAsync(
            StatusCode.AlreadyExists, ErrorReason.AlreadyExists, () => apps.Accounts.CreateAccountAsync(new() { Account = account }).ResponseAsync);
    }

    private static Metadata Services() => new() { { "tagsegments-service", "test" } };

    private static Task<TestApps> StartAsync(int rowsAtOnce, TimeSpan pause) => TestApps.StartAsync(new()
    {
        Settings = new Dictionary<string, string?>
        {
            ["Accounts:EraseAfter"] = "00:00:00",
            ["Accounts:Settle"] = "00:00:02",
            ["Accounts:RowsAtOnce"] = rowsAtOnce.ToString(null, null),
            ["Accounts:Pause"] = pause.ToString(),
        },
    });

    private static Task ErasedAsync(TestApps apps, string account) =>
        Eventually.ReadAsync(() => new TestAccount(apps, account).QueryAsync<int>("SELECT count(*)::int FROM crm.account WHERE name = @name"), rows => rows == 0);
}
