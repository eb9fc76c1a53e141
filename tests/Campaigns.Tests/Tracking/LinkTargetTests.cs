using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Tests.Tracking;

/// <summary>Faults B1 and B3 of the page of faults: links in other scripts, and long ones.</summary>
public sealed class LinkTargetTests
{
    [Theory]
    [InlineData("https://bücher.example/x", "https://xn--bcher-kva.example/x")]
    [InlineData("https://BÜCHER.example:8443", "https://xn--bcher-kva.example:8443")]
    [InlineData("http://ann@例え.jp/パス?q=日本#終", "http://ann@xn--r8jz45g.jp/%E3%83%91%E3%82%B9?q=%E6%97%A5%E6%9C%AC#%E7%B5%82")]
    [InlineData("https://example.org/a b/ä?x=%2F%7E&y=1", "https://example.org/a%20b/%C3%A4?x=%2F%7E&y=1")]
    [InlineData("https://example.org/a/../b//c?u=http://x.example/", "https://example.org/a/../b//c?u=http://x.example/")]
    [InlineData("https://example.org/😀", "https://example.org/%F0%9F%98%80")]
    public void FaultB1_an_address_is_written_in_ASCII_and_else_as_the_author_did(string url, string expected)
    {
        Assert.Equal(url, LinkTarget.Read(url).Web);
        Assert.Equal(expected, LinkTarget.ToAscii(url));
    }

    // Whatever a token holds: the answer is a header.
    [Theory]
    [InlineData("https://\u0301\u202e.example/")]
    [InlineData("https://xn--\u00fc.example/")]
    [InlineData("https://\ufffd/\r\nX: y")]
    [InlineData("https://.../ä")]
    public void FaultB1_no_address_makes_a_header_that_cannot_be_written(string url) =>
        Assert.All(LinkTarget.ToAscii(url), c => Assert.InRange(c, '!', '~'));
}
