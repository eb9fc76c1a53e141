using System.Globalization;
using System.Text;

namespace TagSegments.ServiceDefaults.Texts;

/// <summary>The form in which texts are stored, compared and searched: Unicode normalization form C, in which equal texts are equal.</summary>
public static class StoredText
{
    // As many as the Stream-Safe Text Format allows (UAX 15). No word of any language has as many, and normalization takes time with the square
    // of a run of them.
    private const int MostMarks = 30;

    /// <summary>Composes a text. One that no language could have written, with a longer run of combining marks, stays as it is.</summary>
    public static string Of(string text) => Ascii.IsValid(text) || !IsSafe(text) ? text : text.Normalize();

    private static bool IsSafe(string text)
    {
        var marks = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] < 0x300)
            {
                marks = 0;
                continue;
            }

            if (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i))
            {
                // Not Unicode: nothing can be composed.
                return false;
            }

            marks = IsMark(CharUnicodeInfo.GetUnicodeCategory(text, i)) ? marks + 1 : 0;
            if (marks > MostMarks)
            {
                return false;
            }

            i += char.IsHighSurrogate(text[i]) ? 1 : 0;
        }

        return true;
    }

    private static bool IsMark(UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
