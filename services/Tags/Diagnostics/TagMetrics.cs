using System.Diagnostics.Metrics;

namespace TagSegments.Tags.Diagnostics;

/// <summary>The metrics of the tag service, in the meter <c>TagSegments.Tags</c>.</summary>
internal static class TagMetrics
{
    private static readonly Meter s_meter = new("TagSegments.Tags");

    private static readonly Histogram<int> s_groups = s_meter.CreateHistogram<int>(
        "tags.group.size", "{change}", "How many single changes of an account were committed together.");

    /// <summary>Measures a group of changes that was committed.</summary>
    public static void Committed(int changes) => s_groups.Record(changes);
}
