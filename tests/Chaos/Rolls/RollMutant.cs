namespace TagSegments.Chaos.Rolls;

/// <summary>What is done wrong on purpose.</summary>
internal enum RollMutant
{
    None,

    /// <summary>Replicas are killed instead of asked to end, and callers do not retry.</summary>
    Killed,

    /// <summary>Replicas get calls, and the former ones end, before they are ready.</summary>
    NoReadiness,

    /// <summary>Services know one address of each other instead of the name: that of the youngest replica, which is the first to be replaced.</summary>
    OneAddress,

    /// <summary>New replicas do not answer for a while.</summary>
    Freezes,

    /// <summary>The workflow service loses some runs.</summary>
    LosesRuns,

    /// <summary>The campaign service loses some recipients.</summary>
    LosesRecipients,
}
