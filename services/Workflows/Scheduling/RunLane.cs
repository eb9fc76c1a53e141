namespace TagSegments.Workflows.Scheduling;

/// <summary>Runs go in two lanes, so that those of a bulk operation do not hold up those of single events.</summary>
internal enum RunLane
{
    /// <summary>What single events started.</summary>
    Single = 1,

    /// <summary>What bulk operations and imports started.</summary>
    Bulk = 2,
}
