using TagSegments.Embedded.Smtp;

namespace TagSegments.Chaos.Rig;

/// <summary>Stages of a mail conversation at which the mail server can be told to wait.</summary>
internal sealed class MailStops
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(3);
    private volatile Stop? _stop;

    /// <summary>The script of the mail server.</summary>
    public SmtpReaction React(SmtpStep step)
    {
        var stop = _stop;
        return stop?.Stage == step.Stage && stop.Reached.TrySetResult() ? SmtpReaction.Wait(s_wait) : SmtpReaction.Accept;
    }

    /// <summary>
    /// Waits until a conversation has come to the stage and runs <paramref name="act"/> while it is stopped there; false, without acting, if none
    /// came.
    /// </summary>
    public async Task<bool> AtAsync(SmtpStage stage, TimeSpan patience, Func<Task> act)
    {
        var stop = new Stop(stage);
        _stop = stop;
        var reached = await Task.WhenAny(stop.Reached.Task, Task.Delay(patience)) == stop.Reached.Task;
        _stop = null;
        if (reached)
        {
            await act();
        }

        return reached;
    }

    private sealed record Stop(SmtpStage Stage)
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
