using System.Diagnostics;
using OpenTelemetry.Trace;
using TagSegments.ServiceDefaults.Traces;

namespace TagSegments.ServiceDefaults.Tests.Traces;

public sealed class TraceSamplerTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.25, 2_200, 2_800)]
    [InlineData(1, 10_000, 10_000)]
    public void A_share_of_the_traces_is_recorded(double share, int least, int most)
    {
        var sampler = new TraceSampler(share);

        // Ids of campaigns and runs begin with the time.
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => IsRecorded(sampler, IdOf(Guid.CreateVersion7()))), least, most);
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => IsRecorded(sampler, ActivityTraceId.CreateRandom())), least, most);
    }

    [Fact]
    public void Every_service_draws_the_same()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => ActivityTraceId.CreateRandom()).ToList();

        Assert.Equal(ids.Select(id => IsRecorded(new(0.5), id)), ids.Select(id => IsRecorded(new(0.5), id, From(id, ActivityTraceFlags.None, isRemote: true))));
    }

    [Fact]
    public void What_the_caller_records_is_recorded_and_what_this_process_does_not_is_not()
    {
        var id = ActivityTraceId.CreateRandom();

        Assert.True(IsRecorded(new(0), id, From(id, ActivityTraceFlags.Recorded, isRemote: true)));
        Assert.False(IsRecorded(new(1), id, From(id, ActivityTraceFlags.None, isRemote: false)));
    }

    [Fact]
    public void A_statement_that_belongs_to_nothing_begins_no_trace()
    {
        var id = ActivityTraceId.CreateRandom();

        Assert.False(IsRecorded(new(1), id, default, ActivityKind.Client));
        Assert.True(IsRecorded(new(0), id, From(id, ActivityTraceFlags.Recorded, isRemote: false), ActivityKind.Client));
    }

    private static bool IsRecorded(TraceSampler sampler, ActivityTraceId id, ActivityContext parent = default, ActivityKind kind = ActivityKind.Internal) =>
        sampler.ShouldSample(new(parent, id, "x", kind)).Decision is SamplingDecision.RecordAndSample;

    private static ActivityContext From(ActivityTraceId id, ActivityTraceFlags flags, bool isRemote) =>
        new(id, ActivitySpanId.CreateRandom(), flags, traceState: null, isRemote);

    private static ActivityTraceId IdOf(Guid id) => ActivityTraceId.CreateFromBytes(id.ToByteArray(bigEndian: true));
}
