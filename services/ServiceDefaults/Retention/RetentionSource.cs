using Crm.Accounts.V1;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Retention;

/// <summary>The kinds of data that a service deletes by time, and how it learns which accounts have times of their own.</summary>
internal sealed record RetentionSource(
    IReadOnlyList<Pruning> Kinds, Func<RetentionDays, CancellationToken, Task<Dictionary<int, RetentionDays>>> OwnAsync);

/// <summary>Adds the deletion of what is too old to a service: the times come from its database or from the service that keeps accounts.</summary>
public static class RetentionSources
{
    /// <summary>Deletes kinds of data after the times in a table or view of the database.</summary>
    public static IServiceCollection AddDatabaseRetention(this IServiceCollection services, string accounts, params Pruning[] kinds) => services
        .AddSingleton(provider => new RetentionSource(
            kinds, (usual, ct) => ReadAsync(provider.GetRequiredService<WorkDatabase>(), accounts, usual, ct)))
        .AddHostedService<Pruner>();

    /// <summary>Deletes kinds of data after the times of the <see cref="AccountService.AccountServiceClient"/>, which the service must have.</summary>
    public static IServiceCollection AddRemoteRetention(this IServiceCollection services, params Pruning[] kinds) => services
        .AddSingleton(provider => new RetentionSource(
            kinds, (usual, ct) => ReadAsync(provider.GetRequiredService<AccountService.AccountServiceClient>(), usual, ct)))
        .AddHostedService<Pruner>();

    private static async Task<Dictionary<int, RetentionDays>> ReadAsync(
        WorkDatabase database, string accounts, RetentionDays usual, CancellationToken ct)
    {
        var sql = $"SELECT account_id, retention::text FROM {accounts} WHERE retention <> jsonb_build_object()";
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<(int AccountId, string Retention)>(new CommandDefinition(sql, cancellationToken: ct));
        return rows.ToDictionary(row => row.AccountId, row => usual.With(AccountRetention.Parser.ParseJson(row.Retention)));
    }

    private static async Task<Dictionary<int, RetentionDays>> ReadAsync(
        AccountService.AccountServiceClient accounts, RetentionDays usual, CancellationToken ct)
    {
        var found = new Dictionary<int, RetentionDays>();
        var request = new ListAccountRetentionsRequest { PageSize = 1_000 };
        do
        {
            var page = await accounts.ListAccountRetentionsAsync(request, cancellationToken: ct);
            foreach (var account in page.Accounts)
            {
                found[account.AccountId] = usual.With(account.Retention);
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return found;
    }
}
