using TagSegments.Segments.Index;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>Where the clocks stood that an answer can depend on.</summary>
internal sealed record AnswerClocks(ClockPosition Records, long Floor, ClockPosition Activity, ClockPosition Names)
{
    /// <summary>Gets the clocks of an account that answers depend on.</summary>
    public static AnswerClocks Of(AccountClocks clocks) => new(clocks.Records, clocks.Floor, clocks.Activity, clocks.Catalog);
}
