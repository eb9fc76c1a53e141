using Xunit;

namespace TagSegments.Testing;

/// <summary>
/// All services, started once for the test process: <c>class Tests(SharedApps shared) : IClassFixture&lt;SharedApps&gt;</c>.
/// Each test makes an account of its own, so that tests do not see each other.
/// </summary>
public sealed class SharedApps : IAsyncLifetime
{
    private static readonly Lazy<Task<TestApps>> s_apps = new(StartAsync);

    public TestApps Apps { get; private set; } = null!;

    public async Task InitializeAsync() => Apps = await s_apps.Value;

    // Other test classes use the same services; they stop with the process.
    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<TestApps> StartAsync()
    {
        var apps = await TestApps.StartAsync();
        AtProcessEnd.Stop(() => apps.DisposeAsync().AsTask());
        return apps;
    }
}
