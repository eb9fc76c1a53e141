using System.Buffers.Binary;
using System.Diagnostics;
using OpenTelemetry.Trace;

namespace TagSegments.ServiceDefaults.Traces;

/// <summary>
/// Records a share of the traces, and every trace that its caller records. All services draw the same from the id of a trace. A look at the database
/// or at Redis that belongs to nothing begins no trace: pollers make many.
/// </summary>
/// <param name="share">The share, from 0 to 1.</param>
internal sealed class TraceSampler(double share) : Sampler
{
    // The last 56 bits of an id are random: www.w3.org/TR/trace-context-2, random trace id flag. Of UUIDs of version 7 they are, too.
    private const ulong Mask = (1UL << 56) - 1;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isRoot = parent.TraceId == default;
        var isRecorded = parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            || ((isRoot ? samplingParameters.Kind != ActivityKind.Client : parent.IsRemote) && IsDrawn(samplingParameters.TraceId));
        return new(isRecorded ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }

    private bool IsDrawn(ActivityTraceId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.CopyTo(bytes);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & Mask) < share * (Mask + 1.0);
    }
}
