using System.Text;
using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// Where a link leads, as authors write it: a web address with or without its scheme, the address of a program such as <c>tel:</c>, or a place in the
/// message. What leads nowhere, or runs code, has a problem.
/// </summary>
/// <param name="Web">The web address with its scheme; null for other targets, which stay as they are.</param>
/// <param name="Problem">Why the target leads nowhere; null if it leads somewhere.</param>
internal sealed partial record LinkTarget(string? Web, string? Problem)
{
    private const string Relative = "is relative, and a message has no page that it could be relative to; write it with its domain";
    private static readonly LinkTarget s_kept = new(null, null);
    private static readonly HashSet<string> s_code = new(StringComparer.OrdinalIgnoreCase) { "javascript", "vbscript", "data", "blob" };

    // The names of files, which look like domains without a scheme.
    private static readonly HashSet<string> s_files = new(
        "html htm xhtml php asp aspx jsp cgi pdf png jpg jpeg gif webp svg txt csv doc docx xls xlsx ppt pptx zip xml json ics mp3 mp4".Split(' '),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a target.</summary>
    public static LinkTarget Read(string target) => target switch
    {
        "" => new(null, "is empty; give the merge field in it a default"),
        ['#', ..] => s_kept,
        ['/', '/', ..] => ReadWeb($"https:{target}"),
        _ when IsHost(target) => ReadWeb($"https://{target}"),
        _ when Scheme().Match(target) is { Success: true } match => ReadScheme(target, match.Groups["scheme"].Value, match.Groups["rest"].Value),
        _ => new(null, Relative),
    };

    /// <summary>Writes a web address in ASCII, as headers need it: the domain by IDNA, the rest percent-encoded. What is ASCII stays as it is.</summary>
    public static string ToAscii(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.IndexOfAny(['/', '?', '#'], start) is var found and >= 0 ? found : url.Length;
        var authority = url[start..end];
        return url[..start] + (Ascii.IsValid(authority) ? Escape(authority) : ToAscii(authority, url)) + Escape(url[end..]);
    }

    private static string ToAscii(string authority, string url)
    {
        try
        {
            var uri = new Uri(url);
            var user = authority.LastIndexOf('@');
            return $"{Escape(authority[..(user + 1)])}{uri.IdnHost}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
        }
        catch (UriFormatException)
        {
            return Escape(authority);
        }
    }

    private static LinkTarget ReadScheme(string target, string scheme, string rest) => scheme.ToLowerInvariant() switch
    {
        "http" or "https" => ReadWeb(target),
        _ when s_code.Contains(scheme) => new(null, "would run code"),
        "file" => new(null, "leads to a file of the reader's machine"),
        _ when rest.Trim('/').Length == 0 => new(null, $"has nothing after \"{scheme}:\"; give the merge field in it a default"),
        _ => s_kept,
    };

    private static LinkTarget ReadWeb(string url) =>
        WebStart().IsMatch(url) && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && Ascii.IsValid(ToAscii(url))
            && Uri.TryCreate(ToAscii(url), UriKind.Absolute, out _)
            ? new(url, null)
            : new(null, "is not a web address");

    // "example.com/x" and "example.com:8080", but not "page.html" and "tel:1234".
    private static bool IsHost(string target) =>
        Host().Match(target) is { Success: true } match
        && (target.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || !s_files.Contains(match.Groups["top"].Value));

    private static string Escape(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.Value is > 0x20 and < 0x7F ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));

    [GeneratedRegex("""^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*\.(?<top>[\p{L}\p{M}]{2,63}|xn--[a-z0-9-]+)\.?(?::[0-9]{1,5})?(?:[/?#].*)?$""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Host();

    [GeneratedRegex("^(?<scheme>[a-z][a-z0-9+.-]*):(?<rest>.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Scheme();

    [GeneratedRegex("^https?://[^/?#]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WebStart();
}
