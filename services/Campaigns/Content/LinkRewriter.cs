using System.Net;
using System.Text.RegularExpressions;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Content;

/// <summary>Rewrites the links of an HTML part, and of the shapes by which Outlook draws buttons.</summary>
internal static partial class LinkRewriter
{
    private const int MaxLinks = 5_000;
    private const int MaxShown = 100;

    /// <summary>Replaces the target of each web link by <paramref name="replace"/>. Links to programs, and within the message, stay as they are.</summary>
    /// <exception cref="LinkException">A link leads nowhere or would run code.</exception>
    /// <exception cref="TemplateException">The part has too many links.</exception>
    public static string Rewrite(string html, Func<string, string> replace)
    {
        var count = 0;
        return Elements().Replace(html, element => ++count <= MaxLinks
            ? Rewrite(element.Value, count, replace)
            : throw new TemplateException($"The HTML has more than {MaxLinks} links."));
    }

    private static string Rewrite(string element, int number, Func<string, string> replace)
    {
        // The first of an element's attributes with one name is the one that counts.
        var tag = Tag().Match(element);
        var href = Attributes().Matches(element, tag.Length).FirstOrDefault(a => a.Groups["name"].Value.Equals("href", StringComparison.OrdinalIgnoreCase));
        if (href is null)
        {
            return element;
        }

        var written = href.Groups["value"];
        var target = Clean(WebUtility.HtmlDecode(written.Value.Trim('"', '\'')));
        var read = LinkTarget.Read(target);
        if (read.Problem is { } problem)
        {
            throw new LinkException(element, $"link {number}, \"{(target.Length <= MaxShown ? target : target[..MaxShown] + "…")}\", {problem}");
        }

        return read.Web is { } url
            ? $"{element[..written.Index]}\"{WebUtility.HtmlEncode(replace(url))}\"{element[(written.Index + written.Length)..]}"
            : element;
    }

    // Browsers ignore control characters inside a target: "java\nscript:" runs.
    private static string Clean(string target) => string.Concat(target.Where(c => !char.IsControl(c))).Trim();

    // <a class="x" href="https://example.com/?a=1&amp;b=2">, with ">" within quotes.
    [GeneratedRegex("""<(?:a|area|v:[a-z]+)[\s/](?:"[^"]*"|'[^']*'|[^"'>])*>""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Elements();

    [GeneratedRegex("^<[^\\s/]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex("""(?<name>[^\s"'>/=]+)(?:\s*=\s*(?<value>"[^"]*"|'[^']*'|[^\s"'>]+))?""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Attributes();
}

/// <summary>A link of a message leads nowhere or would run code.</summary>
/// <param name="element">The start tag of the link, as it is in the HTML.</param>
/// <param name="message">Which link it is, and what is wrong with it.</param>
internal sealed class LinkException(string element, string message) : TemplateException(message)
{
    /// <summary>Says where in a template the link is, if its tag is written there as it is in the HTML.</summary>
    public string In(string template)
    {
        var at = template.IndexOf(element, StringComparison.Ordinal);
        if (at < 0)
        {
            return Message;
        }

        return $"{Message} ({TextPlace.Of(template, at)})";
    }
}
