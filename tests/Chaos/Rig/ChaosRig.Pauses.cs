namespace TagSegments.Chaos.Rig;

internal sealed partial class ChaosRig
{
    private const int Stop = 19, Continue = 18;

    /// <summary>Stops a service or Redis where it is for a while, as a long pause of the machine would.</summary>
    public async Task PauseAsync(Target target, TimeSpan duration)
    {
        Send(target, Stop);
        await Task.Delay(duration);
        Send(target, Continue);
    }

    /// <summary>Stops PostgreSQL in an orderly way: open transactions are rolled back.</summary>
    public Task StopPostgresAsync() => _postgres!.DisposeAsync().AsTask();

    private void Send(Target target, int signal)
    {
        if (target is not Target.Redis)
        {
            _services[target].Signal(signal);
        }
        else if (signal == Stop)
        {
            _redis!.Pause();
        }
        else
        {
            _redis!.Continue();
        }
    }
}
