using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>Adds the limits of streams.</summary>
internal static class StreamLimits
{
    public static void AddStreamLimits(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Grpc:Streams").Get<StreamOptions>() ?? new StreamOptions();
        services.AddSingleton(options);
        services.AddSingleton<StreamQuota>();
        services.AddSingleton(provider => new StreamInterceptor(
            provider.GetRequiredService<StreamQuota>(),
            options,
            provider.GetService<AccountDirectory>(),
            provider.GetRequiredService<RefusalLog>(),
            provider.GetRequiredService<CallEnds>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
