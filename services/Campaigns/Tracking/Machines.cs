using System.Text.RegularExpressions;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// Tells programs that fetch images and links before, or instead of, a person by what they call themselves. The names are those of a maintained
/// list of crawlers, with mail scanners and libraries that are not on it.
/// </summary>
internal static class Machines
{
    private const int MaxAgent = 1_000;

    // The engine bounds the size of one expression.
    private const int Together = 100;

    // Apple Mail fetches all images when a message arrives, whether or not a person reads it, and calls itself this and no more.
    private const string Prefetch = "Mozilla/5.0";

    // Gmail and Yahoo fetch an image when a person opens the message. Their proxies are on the list, as they are no browsers.
    private static readonly string[] s_people = ["GoogleImageProxy", "YahooMailProxy"];

    // Mail scanners, libraries, whatever says in a word of its own what it is, and whatever names the page that explains it, as crawlers do: (+https://...).
    private static readonly string[] s_own =
        ["(?i:proofpoint|mimecast|barracuda|safelinks|ironport|fireeye)", "(?i:^(python|java|ruby|perl|php|node)\\b)", "(?i:\\b(bot|crawler|spider|scanner)\\b)", "\\+https?://"];

    private static readonly Lazy<Regex[]> s_patterns = new(() => [.. Read().Concat(s_own).Chunk(Together).Select(Compile)]);

    /// <summary>Whether a request comes from a program rather than from a person's browser or mail client.</summary>
    public static bool Sent(HttpRequest request) =>
        IsAgent(request.Headers.UserAgent.ToString())
        || request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        || request.Headers["X-Purpose"].ToString().Contains("preview", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a user agent is a program; one that does not say who it is counts as one.</summary>
    public static bool IsAgent(string agent)
    {
        var name = agent.Trim();
        return name is "" or Prefetch
            || (!s_people.Any(proxy => name.Contains(proxy, StringComparison.Ordinal))
                && s_patterns.Value.Any(pattern => pattern.IsMatch(name.AsSpan(0, Math.Min(name.Length, MaxAgent)))));
    }

    private static IEnumerable<string> Read()
    {
        using var stream = typeof(Machines).Assembly.GetManifestResourceStream("crawler-user-agents.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
    }

    private static Regex Compile(string[] patterns) =>
        new(string.Join('|', patterns.Select(pattern => $"(?:{pattern})")), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
