using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Accounts;

public sealed class AccountTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private readonly AccountService.AccountServiceClient _accounts = shared.Apps.Accounts;

    [Fact]
    public async Task Creates_an_account_with_defaults()
    {
        var name = NewName();

        var created = (await _accounts.CreateAccountAsync(new() { Account = name })).Account;

        Assert.Equal((name, "UTC", 1), (created.Name, created.TimeZone, created.WeekStart));
        Assert.Equal(created, (await _accounts.GetAccountAsync(new() { Account = name })).Account);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("-acme")]
    [InlineData("ac me")]
    [InlineData("acme\n")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123x")]
    public async Task Refuses_a_name_that_breaks_the_rules(string name)
    {
        var error = await Expect.FailureAsync(() => _accounts.CreateAccountAsync(new() { Account = name }).ResponseAsync);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "account");
    }

    [Fact]
    public async Task Reports_every_wrong_field_at_once()
    {
        var error = await Expect.FailureAsync(
            () => _accounts.CreateAccountAsync(new() { Account = "!", TimeZone = "Mars/Base", WeekStart = 8 }).ResponseAsync);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "account", "time_zone", "week_start");
    }

    [Fact]
    public async Task Refuses_a_name_that_is_taken()
    {
        var name = NewName();
        await _accounts.CreateAccountAsync(new() { Account = name });

        var error = await Expect.FailureAsync(() => _accounts.CreateAccountAsync(new() { Account = name }).ResponseAsync);

        Assert.Equal(name, error.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists).Metadata["name"]);
    }

    [Fact]
    public async Task Answers_a_repeated_creation_with_the_same_account()
    {
        var request = new CreateAccountRequest { Account = NewName(), RequestId = Guid.NewGuid().ToString() };

        var first = await _accounts.CreateAccountAsync(request);

        Assert.Equal(first, await _accounts.CreateAccountAsync(request));
    }

    [Fact]
    public async Task Changes_the_settings_that_are_set()
    {
        var name = NewName();
        await _accounts.CreateAccountAsync(new() { Account = name, TimeZone = "Europe/Vienna" });

        var updated = (await _accounts.UpdateAccountAsync(new() { Account = name, WeekStart = 7 })).Account;

        Assert.Equal(("Europe/Vienna", 7), (updated.TimeZone, updated.WeekStart));
    }

    [Fact]
    public async Task Refuses_an_unknown_account_everywhere()
    {
        var error = await Expect.FailureAsync(() => _accounts.GetAccountAsync(new() { Account = "nobody" }).ResponseAsync);
        var contacts = await Expect.FailureAsync(() => shared.Apps.Contacts.ListContactsAsync(new() { Account = "nobody" }).ResponseAsync);

        Assert.Equal("nobody", error.Is(StatusCode.NotFound, ErrorReason.AccountNotFound).Metadata["account"]);
        contacts.Is(StatusCode.NotFound, ErrorReason.AccountNotFound);
    }

    [Fact]
    public async Task Lists_accounts_page_by_page_in_order()
    {
        string[] names = [NewName(), NewName(), NewName()];
        foreach (var name in names)
        {
            await _accounts.CreateAccountAsync(new() { Account = name });
        }

        var seen = new List<string>();
        var token = "";
        do
        {
            var page = await _accounts.ListAccountsAsync(new() { PageSize = 2, PageToken = token });
            seen.AddRange(page.Accounts.Select(account => account.Name));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
        Assert.Superset(names.ToHashSet(), seen.ToHashSet());
    }

    [Fact]
    public async Task Sets_the_limits_of_an_account_in_place_of_its_former_ones()
    {
        var name = NewName();
        await _accounts.CreateAccountAsync(new() { Account = name });
        await _accounts.SetAccountLimitsAsync(new() { Account = name, Limits = new() { Weight = 3, ConcurrentImports = 1 } });

        var changed = (await _accounts.SetAccountLimitsAsync(new() { Account = name, Limits = new() { ConcurrentCalls = 7 } })).Account;

        Assert.Equal(new AccountLimits { ConcurrentCalls = 7 }, changed.Limits);
        Assert.Equal(changed, (await _accounts.GetAccountAsync(new() { Account = name })).Account);
    }

    [Fact]
    public async Task Refuses_limits_out_of_range()
    {
        var name = NewName();
        await _accounts.CreateAccountAsync(new() { Account = name });

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => _accounts.SetAccountLimitsAsync(new() { Account = name, Limits = new() { Weight = 101, ConcurrentCalls = 0, BulkOperations = 5 } }).ResponseAsync,
            "limits.weight",
            "limits.concurrent_calls");
        Assert.Equal(new AccountLimits(), (await _accounts.GetAccountAsync(new() { Account = name })).Account.Limits);
    }

    private static string NewName() => $"a{Guid.NewGuid():N}";
}
