using System.Text;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>The form in which headers and words of files are compared: their letters and digits, in lower case and without accents. Letters that keyboards of
/// Arabic and Persian write in two ways are one.</summary>
internal static class PlainText
{
    private const int MaxDecomposed = 200;

    /// <summary>Reduces a text to that form.</summary>
    public static string Of(string text) => Ascii.IsValid(text)
        ? string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant()
        : string.Concat(Decomposed(text).Where(char.IsLetterOrDigit)).ToLowerInvariant()
            .Replace('ي', 'ی').Replace('ى', 'ی').Replace('ك', 'ک').Replace('ة', 'ه')
            .Replace('ł', 'l').Replace("ß", "ss", StringComparison.Ordinal).Replace('ı', 'i').Replace('ø', 'o');

    /// <summary>Reduces texts to that form.</summary>
    public static string[] OfAll(params string[] texts) => [.. texts.Select(Of)];

    // Full-width letters are letters. Decomposition takes time with the square of a run of marks; no header or word of a status is this long.
    private static string Decomposed(string text) => text.Length > MaxDecomposed ? text : text.Normalize(NormalizationForm.FormKD);
}
