namespace TagSegments.Chaos.Rig;

/// <summary>A process, or for the mail server a listener, that <see cref="ChaosRig"/> kills and starts again.</summary>
internal enum Target
{
    Tags,
    Segments,
    Campaigns,
    Workflows,
    /// <summary>A second process of the workflow service.</summary>
    WorkflowsTwin,
    Postgres,
    Redis,
    Smtp,
}
