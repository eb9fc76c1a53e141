using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Definitions;

/// <summary>What <c>workflows.node_count</c> counts: runs in a state, and two kinds that are no states.</summary>
internal static class CountKinds
{
    /// <summary>Runs that went on to another node.</summary>
    public const short Passed = 0;

    /// <summary>Running ones whose last attempt failed.</summary>
    public const short Retrying = 9;

    /// <summary>Events in the backlog, in answers only.</summary>
    public const short Deferred = 10;

    /// <summary>The kinds of runs that have not ended.</summary>
    public static readonly short[] Active = [(short)State.Running, Retrying, (short)State.Waiting, (short)State.Parked];
}
