using Microsoft.Extensions.Configuration;

namespace TagSegments.ServiceDefaults.Keys;

/// <summary>Where a service listens: what nobody else can reach may be less strict.</summary>
internal static class ListenAddresses
{
    /// <summary>Whether only this machine can reach the service.</summary>
    public static bool AreLoopback(IConfiguration configuration) =>
        IsLoopback(configuration["Grpc:Address"]) && IsLoopback(configuration["Http:Address"]);

    private static bool IsLoopback(string? address) => string.IsNullOrEmpty(address) || new Uri(address).IsLoopback;
}
