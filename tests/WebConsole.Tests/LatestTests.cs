using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Tests;

/// <summary>A corrected filter never waits for the count of the one before (mautic #6324).</summary>
public sealed class LatestTests
{
    [Fact]
    public void New_work_ends_the_work_before_and_the_page_ends_all()
    {
        var latest = new Latest();
        var first = latest.Next();
        Assert.False(first.IsCancellationRequested);

        var second = latest.Next();
        Assert.True(first.IsCancellationRequested);
        Assert.False(second.IsCancellationRequested);

        latest.Dispose();
        Assert.True(second.IsCancellationRequested);
    }
}
