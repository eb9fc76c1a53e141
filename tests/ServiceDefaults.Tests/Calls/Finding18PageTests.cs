using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Tests.Calls;

/// <summary>Finding 18: a page of a list takes no more memory than one message has, however large its items are.</summary>
public sealed class Finding18PageTests
{
    [Theory]
    [InlineData(3, new[] { 1, 1, 1, 1 }, 3, true)]
    [InlineData(3, new[] { 1, 1, 1 }, 3, false)]
    [InlineData(3, new int[0], 0, false)]
    [InlineData(100, new[] { 600_000, 600_000, 600_000 }, 2, true)]
    [InlineData(100, new[] { 600_000, 700_000 }, 2, false)]
    [InlineData(100, new[] { 600_000, 700_001 }, 1, true)]
    [InlineData(100, new[] { 4_000_000, 1 }, 1, true)]
    [InlineData(100, new[] { int.MaxValue, int.MaxValue }, 1, true)]
    public void Finding_18_a_page_is_full_with_as_many_items_as_asked_for_or_as_long_as_a_message(int size, int[] items, int count, bool hasMore)
    {
        var page = new Page<int>(size, length => length).With(items);

        Assert.Equal(items.Take(count), page.Items);
        Assert.Equal(hasMore, page.HasMore);
    }
}
