using TagSegments.Campaigns.Content;

namespace TagSegments.Campaigns.Tests.Content;

public sealed class LinkRewriterTests
{
    [Theory]
    [InlineData("""<a href="https://example.org/?a=1&amp;b=2">x</a>""", """<a href="T(https://example.org/?a=1&amp;b=2)">x</a>""")]
    [InlineData("""<A CLASS='c' HREF = 'http://example.org/'>x</A>""", """<A CLASS='c' HREF = "T(http://example.org/)">x</A>""")]
    [InlineData("<a href=https://example.org/a>x</a>", "<a href=\"T(https://example.org/a)\">x</a>")]
    [InlineData("""<a href="mailto:ann@example.org">x</a>""", """<a href="mailto:ann@example.org">x</a>""")]
    [InlineData("""<a href="#top">x</a>""", """<a href="#top">x</a>""")]
    [InlineData("""<a href="javascript:alert(1)">x</a>""", """<a href="#">x</a>""")]
    [InlineData("<a href=\"java\nscript:alert(1)\">x</a>", """<a href="#">x</a>""")]
    [InlineData("""<a href="data:text/html,x">x</a>""", """<a href="#">x</a>""")]
    [InlineData("""<a href="//evil.example/">x</a>""", """<a href="#">x</a>""")]
    [InlineData("""<img src="https://example.org/a.png">""", """<img src="https://example.org/a.png">""")]
    public void Rewrites_web_links_and_disarms_the_rest(string html, string expected) =>
        Assert.Equal(expected, LinkRewriter.Rewrite(html, url => $"T({url})"));
}
