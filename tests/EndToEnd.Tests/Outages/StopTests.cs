using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>A service is asked to stop while calls are made, and starts again.</summary>
public sealed class StopTests : IAsyncLifetime
{
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new() { Services = [Service.Tags, Service.Segments], Settings = Calls.Quiet });

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    [Fact]
    public async Task Fault6_calls_are_refused_as_unavailable_at_most_and_nothing_acknowledged_is_lost()
    {
        var load = await TagLoad.StartAsync(_apps);
        for (var round = 0; round < 3; round++)
        {
            await load.MoreAsync();
            await _apps.StopAsync(Service.Tags);
            await load.FailureAsync();
            await _apps.StartAsync(Service.Tags);
            await load.MoreAsync();
        }

        await load.StopAsync();

        await load.RequireNothingLostAsync();
        Assert.All(load.Failures, failure => Assert.True(
            failure.Status is StatusCode.Unavailable && (failure.IsLostConnection || failure.Reason is ErrorReason.ShuttingDown or ErrorReason.Unspecified),
            failure.ToString()));
    }
}
