using Microsoft.Extensions.Hosting;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>A process that hosts several services stops them in order; this would fail if each service handled the signal itself.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
