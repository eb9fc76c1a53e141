namespace TagSegments.Campaigns.Content;

/// <summary>
/// How long all templates of one call, or of one message that is sent, may be worked at together: far longer than they take, and never longer than
/// the call lasts.
/// </summary>
internal sealed class TemplateTime(TimeProvider clock, CancellationToken ct)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);
    private readonly long _started = clock.GetTimestamp();

    public TemplateTime(CancellationToken ct)
        : this(TimeProvider.System, ct)
    {
    }

    /// <summary>Throws <see cref="TemplateException"/> once the time is over, and <see cref="OperationCanceledException"/> once the call is.</summary>
    public void Check()
    {
        ct.ThrowIfCancellationRequested();
        if (clock.GetElapsedTime(_started) > s_limit)
        {
            throw new TemplateException("The template takes too long.", new TimeoutException());
        }
    }
}
