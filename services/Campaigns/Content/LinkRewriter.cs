using System.Net;
using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Content;

/// <summary>Rewrites the links of an HTML part.</summary>
internal static partial class LinkRewriter
{
    private const int MaxLinks = 5_000;
    private static readonly string[] s_harmlessSchemes = ["mailto:", "tel:", "sms:", "#"];

    /// <summary>Replaces the target of each web link by <paramref name="replace"/>; links that could run code lose their target.</summary>
    /// <exception cref="TemplateException">The part has too many links.</exception>
    public static string Rewrite(string html, Func<string, string> replace)
    {
        var count = 0;
        return Links().Replace(html, match => ++count <= MaxLinks
            ? Rewrite(match, replace)
            : throw new TemplateException($"The HTML has more than {MaxLinks} links."));
    }

    private static string Rewrite(Match match, Func<string, string> replace)
    {
        var target = Clean(WebUtility.HtmlDecode(match.Groups["target"].Value.Trim('"', '\'')));
        var replacement = IsWeb(target) ? replace(target)
            : s_harmlessSchemes.Any(scheme => target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ? target
            : "#";
        return $"{match.Groups["head"].Value}\"{WebUtility.HtmlEncode(replacement)}\"";
    }

    private static bool IsWeb(string target) =>
        Uri.TryCreate(target, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    // Browsers ignore control characters inside a scheme: "java\nscript:" runs.
    private static string Clean(string target) => string.Concat(target.Trim().Where(c => !char.IsControl(c)));

    // <a class="x" href="https://example.com/?a=1&amp;b=2">
    [GeneratedRegex("""(?<head><(?:a|area)\s(?:[^>]*\s)?href\s*=\s*)(?<target>"[^"]*"|'[^']*'|[^\s"'>]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Links();
}
