using Crm.Accounts.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Deletion;

/// <summary>Adds the deletion of accounts to a service.</summary>
public static class DeletionExtensions
{
    /// <summary>
    /// Follows the deletion of accounts in the service that keeps them, and erases the rows of this service by <paramref name="function"/>.
    /// <paramref name="erase"/> erases what is elsewhere.
    /// </summary>
    public static WebApplicationBuilder AddRemoteDeletion(
        this WebApplicationBuilder builder, string function, Func<IServiceProvider, int, CancellationToken, Task>? erase = null)
    {
        var service = builder.Configuration["Service:Name"]!;
        return builder.AddDeletion(
            provider => ct => ListAsync(provider.GetRequiredService<AccountService.AccountServiceClient>(), ct),
            provider => new AccountErasure(
                service,
                function,
                async (account, ct) =>
                {
                    await (erase?.Invoke(provider, account.Id, ct) ?? Task.CompletedTask);
                    return true;
                },
                async (account, ct) => await provider.GetRequiredService<AccountService.AccountServiceClient>().ReportErasureAsync(
                    new() { Account = account.Name, AccountId = account.Id, Service = service }, cancellationToken: ct)));
    }

    /// <summary>Adds the deletion of accounts with the given ways to list and erase them.</summary>
    public static WebApplicationBuilder AddDeletion(
        this WebApplicationBuilder builder,
        Func<IServiceProvider, Func<CancellationToken, Task<IReadOnlyCollection<ClosedAccount>>>> list,
        Func<IServiceProvider, AccountErasure> erasure)
    {
        builder.Services
            .AddSingleton(builder.Configuration.GetSection("Accounts").Get<DeletionOptions>() ?? new DeletionOptions())
            .AddSingleton(provider => provider.GetRequiredService<AccountDirectory>().Closed)
            .AddSingleton(provider => new DeletionFollower(
                provider.GetRequiredService<AccountDirectory>(), list(provider), provider.GetRequiredService<ILogger<DeletionFollower>>()))
            .AddHostedService(provider => provider.GetRequiredService<DeletionFollower>())
            .AddSingleton(erasure)
            .AddHostedService<AccountEraser>();
        return builder;
    }

    private static async Task<IReadOnlyCollection<ClosedAccount>> ListAsync(AccountService.AccountServiceClient accounts, CancellationToken ct)
    {
        var closed = new List<ClosedAccount>();
        var all = Pages.AllAsync(
            new ListDeletedAccountsRequest { PageSize = PageSize.Max },
            request => accounts.ListDeletedAccountsAsync(request, cancellationToken: ct),
            page => page.Accounts);
        await foreach (var account in all.WithCancellation(ct))
        {
            closed.Add(new(
                account.AccountId, account.Name, account.EraseTime.ToDateTimeOffset(), account.Erasing, account.Settled, [.. account.ErasedServices]));
        }

        return closed;
    }
}
