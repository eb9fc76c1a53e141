using Crm.Accounts.V1;
using Crm.Errors.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Auth.Keys;

/// <summary>
/// Adds the <see cref="ApiKeyDirectory"/> of a service: keys come from a view of its own database or from the service that keeps them, which is
/// also told when they are used.
/// </summary>
public static class ApiKeySources
{
    private const string View = "crm.segment_api_keys";

    /// <summary>Finds keys in the database of the service, which keeps them.</summary>
    public static IServiceCollection AddOwnApiKeys(this IServiceCollection services, Func<IServiceProvider, Func<string, int, DateTimeOffset, Task>> noteUse) =>
        services.AddApiKeys(provider => new((account, ct) => ReadAsync(provider, account, ct), noteUse(provider)));

    /// <summary>Finds keys in a view that the service which keeps them publishes.</summary>
    public static IServiceCollection AddPublishedApiKeys(this IServiceCollection services) =>
        services.AddApiKeys(provider => new((account, ct) => ReadAsync(provider, account, ct), RemoteUse(provider)));

    /// <summary>Asks the service that keeps the keys.</summary>
    public static IServiceCollection AddRemoteApiKeys(this IServiceCollection services) =>
        services.AddApiKeys(provider => new((account, ct) => AskAsync(provider, account, ct), RemoteUse(provider)));

    private static IServiceCollection AddApiKeys(this IServiceCollection services, Func<IServiceProvider, ApiKeySource> source) => services
        .AddSingleton(source)
        .AddSingleton<ApiKeyDirectory>();

    private static async Task<IReadOnlyList<KnownApiKey>> ReadAsync(IServiceProvider provider, string account, CancellationToken ct)
    {
        const string sql = $"""
            SELECT key_id, name, hash, permissions, expires_at, last_used_at
            FROM {View}
            WHERE account_id = @accountId
            """;
        try
        {
            var accountId = (await provider.GetRequiredService<AccountDirectory>().GetAsync(account, ct)).Id;
            await using var connection = await provider.GetRequiredService<AccountDatabase>().OpenAsync(accountId, ct);
            return [.. await connection.QueryAsync<KnownApiKey>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct))];
        }
        catch (RpcException e) when (e.IsFor(ErrorReason.AccountNotFound))
        {
            return [];
        }
    }

    private static async Task<IReadOnlyList<KnownApiKey>> AskAsync(IServiceProvider provider, string account, CancellationToken ct)
    {
        try
        {
            var keys = await provider.GetRequiredService<AccountService.AccountServiceClient>().ListApiKeyHashesAsync(
                new() { Account = account }, cancellationToken: ct);
            return [.. keys.Keys.Select(Known)];
        }
        catch (RpcException e) when (e.IsFor(ErrorReason.AccountNotFound))
        {
            return [];
        }
    }

    private static KnownApiKey Known(ApiKeyHash key) => new(
        key.KeyId, key.Name, key.Hash.ToByteArray(), key.Scope, key.ExpireTime?.ToDateTime(), key.LastUseTime?.ToDateTime());

    private static Func<string, int, DateTimeOffset, Task> RemoteUse(IServiceProvider provider) =>
        async (account, keyId, at) => await provider.GetRequiredService<AccountService.AccountServiceClient>().RecordApiKeyUseAsync(
            new() { Account = account, KeyId = keyId, UseTime = at.ToTimestamp() }, deadline: DateTime.UtcNow.AddSeconds(10));
}
