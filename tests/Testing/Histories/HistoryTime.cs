namespace TagSegments.Testing.Histories;

/// <summary>The clock of a replica, which can be far ahead: windows roll on while nothing is written.</summary>
internal sealed class HistoryTime : TimeProvider
{
    /// <summary>How far ahead it is.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
