namespace TagSegments.Workflows.Scheduling;

/// <summary>The two lanes of runs: runs of a bulk operation must not hold up runs of single events.</summary>
internal enum RunLane
{
    /// <summary>Started by single events.</summary>
    Single = 1,

    /// <summary>Started by bulk operations and imports.</summary>
    Bulk = 2,
}
