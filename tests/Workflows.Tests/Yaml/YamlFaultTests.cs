using System.Globalization;
using System.Text;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Tests.Yaml;

/// <summary>Finding 15: texts of 1 MB with a fault in every line cost little, and the first faults are named.</summary>
public sealed class YamlFaultTests
{
    private const int Size = 1_000_000;
    private const long MaxBytes = 256L * 1024 * 1024;

    [Theory]
    [InlineData("{0}: 1\n", "", 40_000)]
    [InlineData("{0}: {{}}\n", "", 10_000)]
    [InlineData("- {0}\n", "nodes:\n", 40_000)]
    [InlineData("- {{id: a, x{0}: 1}}\n", "nodes:\n", 10_000)]
    [InlineData("- {{reentry: {0}}}\n", "triggers:\n", 10_000)]
    [InlineData("x{0}: 1, ", "nodes: [{branch: {branches: [{when: {filter: {", 20_000)]
    public void Finding_15_the_first_faults_are_named_and_the_others_counted(string part, string before, int count)
    {
        var text = new StringBuilder(before);
        for (var i = 0; i < count; i++)
        {
            text.AppendFormat(CultureInfo.InvariantCulture, part, i);
        }

        var (error, bytes) = Read(text + (before.Contains('[', StringComparison.Ordinal) ? "}}}]}}]" : ""));

        Assert.Equal(10, error.Violations.Count);
        Assert.All(error.Violations, violation => Assert.StartsWith("line ", violation.Description, StringComparison.Ordinal));
        Assert.Matches(@"\(and \d{4,} more\)", error.Message);
        Assert.InRange(bytes, 0, MaxBytes);
    }

    [Fact]
    public void Finding_15_more_parts_than_any_workflow_has_are_refused_before_they_are_kept()
    {
        foreach (var part in new[] { "{},", "[],", "a,", "'',", "? a, ", "a: b," })
        {
            var (error, bytes) = Read($"nodes: [{string.Concat(Enumerable.Repeat(part, Size / part.Length))}]");

            Assert.Contains("has more than 100000 parts", error.Message, StringComparison.Ordinal);
            Assert.InRange(bytes, 0, MaxBytes);
        }
    }

    [Fact]
    public void Finding_15_places_deep_in_a_filter_cost_no_more_than_others()
    {
        // The path to each of them is long.
        var deep = string.Concat(Enumerable.Repeat("{all_of: {filters: [", 18));
        var text = $"goals: [{{filter: {deep}{string.Concat(Enumerable.Repeat("{},", 30_000))}{{x: 1}}";

        var (error, bytes) = Read(text + string.Concat(Enumerable.Repeat("]}}", 18)) + "}]");

        Assert.DoesNotContain("parts", error.Message, StringComparison.Ordinal);
        Assert.InRange(bytes, 0, MaxBytes);
    }

    [Theory]
    [InlineData("{name: a, name: b}\n", "Duplicate key name")]
    [InlineData("<<: {name: a}\n", "there is no such field here")]
    [InlineData("{a: 1}: b\n", "a key must be a single value")]
    [InlineData("[]: b\n", "a key must be a single value")]
    [InlineData("? {a: 1}\n: b\n", "a key must be a single value")]
    public void Finding_15_odd_keys_are_refused_with_their_place(string text, string problem)
    {
        var (error, _) = Read(text);

        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("nodes: [{id: a, wait: {period: ", "9", "}}]")]
    [InlineData("nodes: [{id: a, add_tag: {tag_id: ", "9", "}}]")]
    [InlineData("reentry: ", "x", "")]
    [InlineData("reentry: !", "x", " y")]
    [InlineData("reentry: &", "x", " y")]
    [InlineData("nodes: [{id: a, end: ", "x", "}]")]
    [InlineData("reentry: \"", "\\n", "\"")]
    [InlineData("reentry: >\n ", "x\n ", "\n")]
    [InlineData("", "!a ", "b: 1")]
    [InlineData("", "%TAG !a! b\n", "---\na: 1")]
    [InlineData("", "\u202E", ": 1")]
    public void Finding_15_a_long_scalar_or_tag_is_refused_in_time(string before, string part, string after)
    {
        var (error, bytes) = Read(before + string.Concat(Enumerable.Repeat(part, (Size - 100) / part.Length)) + after);

        Assert.InRange(error.Message.Length, 1, 600);
        Assert.InRange(bytes, 0, MaxBytes);
    }

    private static (Failure Error, long Bytes) Read(string text)
    {
        var (error, bytes) = ((Exception?)null, 0L);
        var reading = Task.Run(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            error = Record.Exception(() => YamlReader.Read(text));
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.True(reading.Wait(TimeSpan.FromSeconds(20)), "The text took more than 20 seconds.");
        var failure = Expect.Failure(() => throw error!);
        Assert.Equal(StatusCode.InvalidArgument, failure.Status);
        return (failure, bytes);
    }
}
