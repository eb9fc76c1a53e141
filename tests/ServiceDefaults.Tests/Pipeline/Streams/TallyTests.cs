using TagSegments.ServiceDefaults.Pipeline.Streams;

namespace TagSegments.ServiceDefaults.Tests.Pipeline.Streams;

public sealed class TallyTests
{
    [Fact]
    public void A_holder_has_its_limit_and_all_have_theirs()
    {
        var tally = new Tally(10);

        Assert.True(tally.TryAdd("a", 6, 6));
        Assert.False(tally.TryAdd("a", 1, 6));
        Assert.False(tally.TryAdd("b", 5, 6));
        Assert.True(tally.TryAdd("b", 4, 6));
        Assert.True(tally.IsFull);
        tally.Remove("a", 6);
        Assert.True(tally.TryAdd("a", 6, 6));
    }

    [Fact]
    public void Nothing_can_be_added_and_taken_back_at_any_time()
    {
        var tally = new Tally(1);

        Assert.True(tally.TryAdd("a", 0, 1));
        Assert.True(tally.TryAdd("a", 0, 1));
        tally.Remove("a", 0);
        tally.Remove("a", 0);

        Assert.True(tally.TryAdd("a", 1, 1));
    }
}
