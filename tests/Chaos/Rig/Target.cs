namespace TagSegments.Chaos.Rig;

/// <summary>A process, or for the mail server a listener, that <see cref="ChaosRig"/> kills and starts again.</summary>
internal enum Target
{
    Tags,
    Segments,
    Campaigns,
    Workflows,
    Postgres,
    Redis,
    Smtp,
}
