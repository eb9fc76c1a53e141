using System.Collections.Frozen;
using System.Text.RegularExpressions;
using PhoneNumbers;
using Library = PhoneNumbers.PhoneNumberUtil;

namespace TagSegments.Addresses;

/// <summary>Phone numbers.</summary>
public static partial class PhoneNumber
{
    private const int MaxLength = 100;
    private const string NoRegion = "ZZ";
    private static readonly Library s_library = Library.GetInstance();
    private static readonly FrozenSet<string> s_countries = s_library.GetSupportedRegions().ToFrozenSet();

    /// <summary>The countries whose numbers are known, as two capital letters of ISO 3166.</summary>
    public static IReadOnlyCollection<string> Countries => s_countries;

    /// <summary>Returns true for a country of ISO 3166 in two capital letters whose numbers are known.</summary>
    public static bool IsCountry(string code) => s_countries.Contains(code);

    /// <summary>
    /// Gets the form in which numbers are compared: E.164, with <c>;ext=</c> and the extension if it has one (RFC 3966). What is no number of
    /// <paramref name="country"/> and has no country code becomes its digits.
    /// </summary>
    public static string Key(string phone, string country = "") => Worldwide(phone, country) ?? Plain(phone);

    /// <summary>Returns true if a message can be sent to a number.</summary>
    public static bool IsValid(string phone) => Worldwide(phone, "") is { } number
        ? !number.Contains(';', StringComparison.Ordinal)
        : phone.Length <= MaxLength && Plain(phone).TrimStart('+').Length is >= 5 and <= 15
            && phone.All(c => char.IsAsciiDigit(c) || " +-/().".Contains(c, StringComparison.Ordinal));

    /// <summary>Gets the digits of a number, after a plus if it begins with one: its key if no country makes more of it.</summary>
    public static string Plain(string phone)
    {
        var digits = string.Concat(phone.Where(char.IsAsciiDigit));
        return phone.AsSpan().TrimStart().StartsWith("+", StringComparison.Ordinal) ? $"+{digits}" : digits;
    }

    private static string? Worldwide(string phone, string country)
    {
        if (phone.Length > MaxLength)
        {
            return null;
        }

        var text = Remark().Replace(phone, "").Trim();
        var region = IsCountry(country) ? country : NoRegion;
        // 00 stands for the plus where the country does not say otherwise.
        return (region == NoRegion && !HasPlus(text) ? null : E164(text, region))
            ?? (text.StartsWith("00", StringComparison.Ordinal) ? E164($"+{text[2..]}", NoRegion) : null);
    }

    private static string? E164(string text, string region)
    {
        try
        {
            var number = s_library.Parse(text, region);
            // Numbers that are dialled within a town or a network only have no form for the world. Letters stand for digits, unless they are a word
            // beside the number: then what they stand for is no number.
            return s_library.IsPossibleNumberWithReason(number) != Library.ValidationResult.IS_POSSIBLE
                    || (text.Any(char.IsLetter) && !s_library.IsValidNumber(number)) ? null
                : number.HasExtension ? $"{s_library.Format(number, PhoneNumberFormat.E164)};ext={number.Extension}"
                : s_library.Format(number, PhoneNumberFormat.E164);
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static bool HasPlus(string text) => text.AsSpan().ContainsAny('+', '＋');

    // "(mobile)": words in brackets are no letters to dial.
    [GeneratedRegex(@"\([^()0-9]*\)", RegexOptions.NonBacktracking)]
    private static partial Regex Remark();
}
