using Crm.Accounts.V1;
using Dapper;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Adds the <see cref="AccountDirectory"/> of a service: accounts come from its own database or from the service that keeps them.</summary>
public static class AccountSources
{
    /// <summary>Finds accounts in a table, a view or a subquery of the database.</summary>
    public static IServiceCollection AddDatabaseAccounts(this IServiceCollection services, string table) => services.AddSingleton(provider =>
        new AccountDirectory(
            (name, ct) => FindAsync(provider.GetRequiredService<WorkDatabase>(), LimitsOf(provider), table, name, ct),
            provider.GetRequiredService<MemoryBudget>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>Finds accounts through the <see cref="AccountService.AccountServiceClient"/>, which the service must have.</summary>
    public static IServiceCollection AddRemoteAccounts(this IServiceCollection services) => services.AddSingleton(provider =>
        new AccountDirectory(
            (name, ct) => FindAsync(provider.GetRequiredService<AccountService.AccountServiceClient>(), LimitsOf(provider), name, ct),
            provider.GetRequiredService<MemoryBudget>(),
            provider.GetRequiredService<TimeProvider>()));

    private static AccountLimits LimitsOf(IServiceProvider provider) => AccountLimits.From(provider.GetRequiredService<IConfiguration>());

    private static async Task<AccountInfo?> FindAsync(
        WorkDatabase database, AccountLimits limits, string table, string name, CancellationToken ct)
    {
        var sql = $"""
            SELECT account_id, name, time_zone, week_start, limits
            FROM {table}
            WHERE name = @name
            """;
        await using var connection = await database.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new { name }, cancellationToken: ct));
        return row is null
            ? null
            : new AccountInfo(row.AccountId, row.Name, row.TimeZone, row.WeekStart)
            {
                Limits = limits.With(Crm.Accounts.V1.AccountLimits.Parser.ParseJson(row.Limits)),
            };
    }

    private static async Task<AccountInfo?> FindAsync(
        AccountService.AccountServiceClient accounts, AccountLimits limits, string name, CancellationToken ct)
    {
        try
        {
            var account = (await accounts.GetAccountAsync(new() { Account = name }, cancellationToken: ct)).Account;
            return new AccountInfo(account.AccountId, account.Name, account.TimeZone, account.WeekStart)
            {
                Limits = limits.With(account.Limits),
                Country = account.Country,
            };
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return null;
        }
    }

    private sealed record Row(int AccountId, string Name, string TimeZone, short WeekStart, string Limits);
}
