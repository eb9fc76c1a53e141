using System.Diagnostics.Metrics;

namespace TagSegments.Segments.Index;

/// <summary>The metrics of the tag index, in the meter <c>TagSegments.Segments</c>.</summary>
internal sealed class IndexMetrics
{
    private static readonly Meter s_meter = new("TagSegments.Segments");
    private static long s_mismatches;

    // Reported from the start: an alarm on a metric that must stay 0 needs the 0.
    static IndexMetrics() => s_meter.CreateObservableCounter("segments.shadow.mismatches", () => Interlocked.Read(ref s_mismatches));

    private static readonly Counter<long> s_evaluations = s_meter.CreateCounter<long>(
        "segments.evaluations", "{evaluation}", "Evaluations by where they found the answer: the attribute segments.path.");

    /// <summary>Evaluations that found the index current.</summary>
    public Counter<long> Hits { get; } = s_meter.CreateCounter<long>("segments.index.hits");

    /// <summary>Times that the index was brought forward by the change log.</summary>
    public Counter<long> CatchUps { get; } = s_meter.CreateCounter<long>("segments.index.catch_ups");

    /// <summary>Times that an account's index was dropped because the log does not lead from it to now.</summary>
    public Counter<long> Reloads { get; } = s_meter.CreateCounter<long>("segments.index.reloads");

    /// <summary>Tags taken from Redis.</summary>
    public Counter<long> RedisHits { get; } = s_meter.CreateCounter<long>("segments.index.redis.hits");

    /// <summary>Tags read from PostgreSQL because Redis had no usable entry.</summary>
    public Counter<long> RedisMisses { get; } = s_meter.CreateCounter<long>("segments.index.redis.misses");

    /// <summary>Entries of Redis that were foreign or incomplete.</summary>
    public Counter<long> Damaged { get; } = s_meter.CreateCounter<long>("segments.index.redis.damaged");

    /// <summary>Times that Redis failed or was too slow.</summary>
    public Counter<long> RedisFailures { get; } = s_meter.CreateCounter<long>("segments.index.redis.failures");

    /// <summary>Evaluations that were repeated in SQL to check them.</summary>
    public Counter<long> ShadowChecks { get; } = s_meter.CreateCounter<long>("segments.shadow.checks");

    /// <summary>Shows the metrics before anything happens.</summary>
    public void Announce()
    {
        foreach (var counter in new[] { Hits, CatchUps, Reloads, RedisHits, RedisMisses, Damaged, RedisFailures, ShadowChecks })
        {
            counter.Add(0);
        }

        Array.ForEach(Enum.GetValues<EvaluationPath>(), path => s_evaluations.Add(0, new KeyValuePair<string, object?>("segments.path", path.ToString())));
    }

    /// <summary>Counts an evaluation.</summary>
    public static void CountEvaluation(EvaluationPath path) => s_evaluations.Add(1, new KeyValuePair<string, object?>("segments.path", path.ToString()));

    /// <summary>Counts a check whose answer differed; this must never happen.</summary>
    public static void CountMismatch() => Interlocked.Increment(ref s_mismatches);
}

/// <summary>Where an evaluation finds its answer.</summary>
internal enum EvaluationPath
{
    /// <summary>In memory, which is current.</summary>
    Memory,

    /// <summary>In a snapshot that several calls share.</summary>
    Shared,

    /// <summary>In a snapshot of its own.</summary>
    Snapshot,

    /// <summary>In the history, as of an instant of the past.</summary>
    Past,

    /// <summary>In a snapshot, and once more by SQL to check it.</summary>
    Checked,
}
