using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>Adds the limits of calls.</summary>
internal static class LoadLimits
{
    public static void AddLoadLimits(this IServiceCollection services, IConfiguration configuration)
    {
        // One account for all whose limits are not known yet, so that they are limited together.
        var strangers = new AccountInfo(0, "", "UTC", 1) { Limits = AccountLimits.From(configuration) };
        services.AddSingleton(provider => new CallAdmission(
            configuration.GetValue("Grpc:MaxConcurrentCalls", 2_000), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<RecentCallers>();
        services.AddSingleton<CallerReports>();
        services.AddSingleton(provider => new LoadInterceptor(
            provider.GetRequiredService<CallAdmission>(),
            provider.GetService<AccountDirectory>(),
            strangers,
            provider.GetRequiredService<RecentCallers>(),
            provider.GetRequiredService<RefusalLog>()));
    }
}
