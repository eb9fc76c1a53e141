using Crm.Accounts.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Adds the <see cref="AdminLog"/> of a service: it writes by itself, or by the service that keeps the log.</summary>
public static class AdminLogs
{
    /// <summary>Writes events as <paramref name="write"/> does.</summary>
    public static IServiceCollection AddAdminLog(
        this IServiceCollection services, Func<IServiceProvider, Func<AdminEvent, string?, CancellationToken, Task>> write) =>
        services.AddSingleton(provider => new AdminLog(
            write(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AdminLog>>()));

    /// <summary>Has the service that keeps accounts write events. It has no calls of the platform itself.</summary>
    public static IServiceCollection AddRemoteAdminLog(this IServiceCollection services) =>
        services.AddAdminLog(provider => (entry, outcome, ct) => entry.Account.Length == 0
            ? Task.CompletedTask
            : provider.GetRequiredService<AccountService.AccountServiceClient>().RecordAdminEventAsync(
                new()
                {
                    Account = entry.Account,
                    Event = new()
                    {
                        EventId = entry.Id.ToString(),
                        Time = entry.At.ToTimestamp(),
                        Actor = entry.Actor,
                        Call = entry.Call,
                        Named = entry.Named,
                        Outcome = outcome ?? "",
                    },
                },
                cancellationToken: ct).ResponseAsync);
}
