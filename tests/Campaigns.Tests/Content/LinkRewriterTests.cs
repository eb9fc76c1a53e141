using Crm.Campaigns.V1;
using TagSegments.Campaigns.Content;

namespace TagSegments.Campaigns.Tests.Content;

/// <summary>Links as authors write them: web links are rewritten, others stay as they are, and what leads nowhere is refused with its place.</summary>
public sealed class LinkRewriterTests
{
    [Theory]
    [InlineData("""<a href="https://example.org/?a=1&amp;b=2">x</a>""", """<a href="T(https://example.org/?a=1&amp;b=2)">x</a>""")]
    [InlineData("""<a href="https://example.org/?a=1&b=2&copy=3">x</a>""", """<a href="T(https://example.org/?a=1&amp;b=2&amp;copy=3)">x</a>""")]
    [InlineData("""<A CLASS='c' HREF = 'HTTP://example.org/'>x</A>""", """<A CLASS='c' HREF = "T(HTTP://example.org/)">x</A>""")]
    [InlineData("<a href=https://example.org/a>x</a>", "<a href=\"T(https://example.org/a)\">x</a>")]
    [InlineData("<a\n  href=\" https://example.org/a\n?b=1 \">x</a>", "<a\n  href=\"T(https://example.org/a?b=1)\">x</a>")]
    [InlineData("""<a title="a > b" data-href="/rel" href="https://example.org/">x</a>""", """<a title="a > b" data-href="/rel" href="T(https://example.org/)">x</a>""")]
    [InlineData("""<a href="https://b.example/" href="https://c.example/">x</a>""", """<a href="T(https://b.example/)" href="https://c.example/">x</a>""")]
    [InlineData("""<map><area shape=rect href='http://example.org/m'></map>""", """<map><area shape=rect href="T(http://example.org/m)"></map>""")]
    [InlineData("""<v:roundrect style="width:200px" href="https://example.org/v">x</v:roundrect>""", """<v:roundrect style="width:200px" href="T(https://example.org/v)">x</v:roundrect>""")]
    public void Rewrites_web_links(string html, string expected) => Assert.Equal(expected, LinkRewriter.Rewrite(html, url => $"T({url})"));

    [Theory]
    [InlineData("www.example.com/y", "https://www.example.com/y")]
    [InlineData("example.com", "https://example.com")]
    [InlineData("Example.co.uk:8080?x=1", "https://Example.co.uk:8080?x=1")]
    [InlineData("bücher.example/ä", "https://bücher.example/ä")]
    [InlineData("//cdn.example/x", "https://cdn.example/x")]
    [InlineData("www.example.com/a.html", "https://www.example.com/a.html")]
    public void FaultB2_a_web_link_without_its_scheme_leads_where_it_says(string target, string url) =>
        Assert.Equal($"<a href=\"T({url})\">x</a>".Replace("ü", "&#252;", StringComparison.Ordinal).Replace("ä", "&#228;", StringComparison.Ordinal), LinkRewriter.Rewrite($"<a href=\"{target}\">x</a>", link => $"T({link})"));

    [Theory]
    [InlineData("""<a href="mailto:jürgen@example.org?subject=Grüße">x</a>""")]
    [InlineData("""<a href="tel:+43 1 234">x</a>""")]
    [InlineData("""<a href="SMS:+431234">x</a>""")]
    [InlineData("""<a href="myapp://open?x=1&amp;y=2">x</a>""")]
    [InlineData("""<a href="whatsapp://send?text=hi">x</a>""")]
    [InlineData("""<a href='webcal://example.org/c.ics'>x</a>""")]
    [InlineData("""<a href="com.example.app:/open">x</a>""")]
    [InlineData("""<a href="#top">x</a>""")]
    [InlineData("""<a href="#">x</a>""")]
    [InlineData("""<a name="top">x</a><a>y</a><abbr href="/rel">z</abbr>""")]
    [InlineData("""<img src="https://example.org/a.png" srcset="/b.png 2x"><td background="/c.png" style="background:url(/d.png)">""")]
    [InlineData("""<v:image src="/a.png" />""")]
    public void FaultB2_what_is_no_web_link_stays_as_it_is(string html) => Assert.Equal(html, LinkRewriter.Rewrite(html, _ => "changed"));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" ", "is empty")]
    [InlineData("/rel", "is relative")]
    [InlineData("?x=1", "is relative")]
    [InlineData("page.html", "is relative")]
    [InlineData("docs/page", "is relative")]
    [InlineData("ann@example.org", "is relative")]
    [InlineData("*|UNSUB|*", "is relative")]
    [InlineData("https://", "is not a web address")]
    [InlineData("https:///x", "is not a web address")]
    [InlineData("http:x", "is not a web address")]
    [InlineData("https://a b/", "is not a web address")]
    [InlineData("tel:", "has nothing after")]
    [InlineData("javascript:alert(1)", "would run code")]
    [InlineData("JavaScript:alert(1)", "would run code")]
    [InlineData("java\nscript:alert(1)", "would run code")]
    [InlineData("&#106;avascript:alert(1)", "would run code")]
    [InlineData("data:text/html,x", "would run code")]
    [InlineData("vbscript:x", "would run code")]
    [InlineData("file:///etc/passwd", "leads to a file")]
    public void FaultB2_what_leads_nowhere_or_runs_code_is_refused(string target, string problem) =>
        Assert.Contains(problem, Assert.Throws<LinkException>(() => LinkRewriter.Rewrite($"<a href=\"{target}\">x</a>", url => url)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("<a href=\"/rel\">x</a>", "link 1, \"/rel\", is relative", "(line 1, column 1)")]
    [InlineData("<p>\n<a href=\"https://a.example\">x</a> <a href=\"/rel\">x</a>", "link 2, \"/rel\"", "(line 2, column 35)")]
    [InlineData("<p>\n\n  <a href=\"{{ contact.fields.page }}\">x</a>", "link 1, \"\", is empty", "give the merge field in it a default")]
    [InlineData("<p><a href=\"https://{{ contact.fields.site }}\">x</a>", "link 1, \"https://\"", "is not a web address")]
    public void FaultB2_a_link_that_is_refused_is_told_with_its_place(string html, string link, string place)
    {
        var problem = TemplateRenderer.ProblemOf(new Message { Html = html }, new TemplateTime(CancellationToken.None));

        Assert.Equal("html", problem?.Part);
        Assert.Contains(link, problem?.Problem, StringComparison.Ordinal);
        Assert.Contains(place, problem?.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""<a href="{{ contact.fields.page | default: "https://example.org/" }}">x</a>""")]
    [InlineData("""{% if contact.fields.page %}<a href="{{ contact.fields.page }}">x</a>{% endif %}""")]
    [InlineData("""<a href="https://example.org/{{ contact.fields.city }}/x?y={{ contact.fields.z }}">x</a>""")]
    [InlineData("""<a href="{{ unsubscribe_url }}">x</a>""")]
    public void FaultB2_a_merge_field_in_a_link_may_be_empty_where_the_link_still_leads_somewhere(string html) =>
        Assert.Null(TemplateRenderer.ProblemOf(new Message { Html = html }, new TemplateTime(CancellationToken.None)));
}
