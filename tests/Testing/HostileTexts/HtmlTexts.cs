using static TagSegments.Testing.HostileTexts.HostileText;

namespace TagSegments.Testing.HostileTexts;

/// <summary>HTML that is deep, wide, unclosed or full of links.</summary>
internal static class HtmlTexts
{
    public static IReadOnlyList<HostileText> All { get; } =
    [
        Deep("<div>", "x", "</div>"),
        Deep("<table><tr><td>", "x"),
        Deep("<a href='https://x.example/'>", "x", "</a>"),
        Deep("<a href="),
        Deep("<a href=\""),
        Deep("<a "),
        Deep("<"),
        Deep("<!--"),
        Deep("<style>"),
        Deep("<script>"),
        Deep("<![CDATA["),
        Wide("<a href=\"https://x.example/?a=1&amp;b=2\">x</a>"),
        Wide("<a href='#'>", "", "</a>"),
        Wide("&#x26;", "<a href=\"https://x.example/?", "\">x</a>"),
        Wide("a", "<a href=\"https://x.example/", "\">x</a>"),
        Wide(" ", "<a", "href='https://x.example/'>x</a>"),
        Wide(" href=", "<a", ">x</a>"),
        Wide(" a='b'", "<a", " href='https://x.example/'>x</a>"),
        Wide("\"", "<a href=\"https://x.example/", ">x</a>"),
        Wide("&amp;"),
        Wide("&"),
        Wide("</body>"),
        Wide("<A HREF=JaVaScRiPt:alert(1)>x</A>"),
        Numbered("numbered links", i => $"<a href=\"https://x.example/{i}\">{i}</a>"),
    ];
}
