using TagSegments.Segments.Evaluation.Answers;

namespace TagSegments.Segments.Tests.Index;

public sealed class AskedLeavesTests
{
    [Fact]
    public async Task Who_has_a_question_that_is_being_answered_waits_until_that_is_done()
    {
        var asked = new AskedLeaves();
        var first = asked.TryBegin(1, ["a", "b"], out var nothing);

        Assert.NotNull(first);
        Assert.Null(nothing);
        Assert.Null(asked.TryBegin(1, ["c", "b"], out var underWay));
        Assert.False(underWay!.IsCompleted);

        first.Dispose();
        await underWay;
        using var second = asked.TryBegin(1, ["c", "b"], out _);
        Assert.NotNull(second);
    }

    [Fact]
    public void Other_questions_and_other_accounts_do_not_wait()
    {
        var asked = new AskedLeaves();
        using var first = asked.TryBegin(1, ["a"], out _);
        using var other = asked.TryBegin(1, ["b"], out _);
        using var elsewhere = asked.TryBegin(2, ["a"], out _);
        using var unkept = asked.TryBegin(1, [], out _);

        Assert.All([first, other, elsewhere, unkept], Assert.NotNull);
    }

    [Fact]
    public void Nothing_is_begun_of_which_a_part_is_being_answered()
    {
        var asked = new AskedLeaves();
        using var first = asked.TryBegin(1, ["a"], out _);

        Assert.Null(asked.TryBegin(1, ["b", "a"], out _));
        using var other = asked.TryBegin(1, ["b"], out _);
        Assert.NotNull(other);
    }
}
