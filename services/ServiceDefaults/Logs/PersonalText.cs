using System.Text.RegularExpressions;

namespace TagSegments.ServiceDefaults.Logs;

/// <summary>
/// Takes the addresses of people out of foreign text, such as answers of mail servers and messages of exceptions, before it is logged or kept.
/// </summary>
public static partial class PersonalText
{
    /// <summary>Replaces e-mail addresses and international phone numbers.</summary>
    public static string Hide(string text) => Phone().Replace(Mail().Replace(text, "(address)"), "(number)");

    // What mail servers quote. An address may also be encoded, as in john=40example.com of a bounce.
    [GeneratedRegex("""[^\s<>()\[\]"',;:\\]+(@|=40|%40)[^\s<>()\[\]"',;:\\]+""", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex Mail();

    [GeneratedRegex(@"\+[1-9][0-9]{6,14}", RegexOptions.NonBacktracking)]
    private static partial Regex Phone();
}
