using Crm.Segments.V1;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation;

/// <summary>How a filter will be evaluated.</summary>
/// <param name="Question">What is asked.</param>
/// <param name="Root">The plan; it can run when nothing is missing and every SQL part is answered.</param>
/// <param name="SqlParts">The parts that PostgreSQL has to answer.</param>
/// <param name="Missing">What has to be loaded first; the plan is made anew then.</param>
/// <param name="UsesActivity">Whether it needs activity as of now.</param>
/// <param name="Versions">The saved segments that take part.</param>
/// <param name="Nodes">The plan of each node of the filter and of the segments in it, by identity, if they are asked by themselves.</param>
internal sealed record Plan(
    Question Question,
    PlanNode Root,
    IReadOnlyList<SqlNode> SqlParts,
    Missing Missing,
    bool UsesActivity,
    IReadOnlyList<SegmentVersion> Versions,
    IReadOnlyDictionary<Filter, PlanNode> Nodes);
