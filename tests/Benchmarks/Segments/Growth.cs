namespace TagSegments.Benchmarks.Segments;

/// <summary>How counts of tags grow with the account: the same questions about an account of a tenth of the size and of five times the size.</summary>
internal sealed class Growth(BenchmarkOptions options, Report report, SegmentCalls calls)
{
    public async Task MeasureAsync()
    {
        foreach (var question in Question.All.Where(question => question.ChunkSql is not null))
        {
            var source = await calls.ParseAsync(question.Text);
            var medians = await Interleaved.MedianAsync(
                options.Rounds * 100,
                () => calls.CountAsync(source, SegmentsData.Small),
                () => calls.CountAsync(source, SegmentsData.Large));
            report.AtMost($"{question.Name}, five times as many contacts", medians[1], "a tenth as many", medians[0], "ms", 1.6);
        }
    }
}
