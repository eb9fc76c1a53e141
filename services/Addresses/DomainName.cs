using System.Buffers;
using System.Globalization;
using System.Text;

namespace TagSegments.Addresses;

/// <summary>Names of domains, in the ASCII form in which servers know them (IDNA 2008 with the mapping of UTS 46).</summary>
public static class DomainName
{
    private const int MaxLength = 253;
    private static readonly IdnMapping s_idn = Mapping();
    private static readonly SearchValues<char> s_ofLabels = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Gets a domain in ASCII and lower case, without the dot of the root; null if it is not valid.</summary>
    public static string? ToAscii(string domain)
    {
        // The mapping normalizes, which takes time with the square of a run of combining marks. It composes at most four characters into one.
        if (domain.Length > 4 * MaxLength)
        {
            return null;
        }

        try
        {
            // Most domains are plain, and this is read for every message.
            var isPlain = Ascii.IsValid(domain) && !domain.Contains("xn--", StringComparison.OrdinalIgnoreCase);
            var ascii = (isPlain ? domain : s_idn.GetAscii(WithSmallSharpS(domain))).ToLowerInvariant();
            ascii = ascii.EndsWith('.') ? ascii[..^1] : ascii;
            return ascii.Length <= MaxLength && AreLabels(ascii) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Gets a domain and the domains that it is in, the longest first: <c>a.b.example</c>, <c>b.example</c>, <c>example</c>.</summary>
    public static IEnumerable<string> WithParents(string domain)
    {
        for (var start = 0; start >= 0; start = domain.IndexOf('.', start) is >= 0 and var dot ? dot + 1 : -1)
        {
            yield return domain[start..];
        }
    }

    private static bool AreLabels(ReadOnlySpan<char> domain)
    {
        foreach (var label in domain.Split('.'))
        {
            if (!IsLabel(domain[label]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLabel(ReadOnlySpan<char> label) =>
        label.Length is >= 1 and <= 63 && !label.ContainsAnyExcept(s_ofLabels) && label[0] != '-' && label[^1] != '-';

    // Since Unicode 15.1 the mapping makes a small letter of it; libraries of before make "ss", which is another domain.
    private static string WithSmallSharpS(string domain) => domain.Replace('ẞ', 'ß');

    // Without ICU, .NET maps nothing and keeps silent about it: two forms of one domain would be two.
    private static IdnMapping Mapping()
    {
        var mapping = new IdnMapping { UseStd3AsciiRules = true };
        return mapping.GetAscii("Ｆaß.example") == "xn--fa-hia.example"
            ? mapping
            : throw new InvalidOperationException("International domains need ICU: install libicu, and do not set InvariantGlobalization.");
    }
}
