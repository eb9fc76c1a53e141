namespace TagSegments.Filters.Text;

/// <summary>The form in which names are stored and compared: trimmed, and in Unicode normalization form C.</summary>
public static class StoredName
{
    // No name has more than 200 characters, and a character of form C stands for four others at most, of two UTF-16 units each. What is longer is
    // left as it is, for the check of its length to refuse: normalization takes time with the square of a run of combining marks.
    internal const int Longest = 200 * 4 * 2;

    /// <summary>Brings a text into the stored form, if it can be a name at all.</summary>
    public static string Of(string text) => Normalize(text.Trim()).Trim();

    /// <summary>Brings the name of a tag into the stored form, if it can be one at all: without joiners that show nothing.</summary>
    public static string OfTag(string text) => Of(Joiners.Settle(text));

    /// <summary>Brings a text into normalization form C, if it can be a part of a name at all.</summary>
    public static string Normalize(string text) => text.Length <= Longest ? text.Normalize() : text;
}
