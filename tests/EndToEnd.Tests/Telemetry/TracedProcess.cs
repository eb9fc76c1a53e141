namespace TagSegments.EndToEnd.Tests.Telemetry;

/// <summary>Traces are those of the process, so these tests run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TracedProcess
{
    public const string Name = "Traced process";
}
