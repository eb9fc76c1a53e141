using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>
/// Notices numbers that count times in another way than the option of their column says: seconds as milliseconds, days of a spreadsheet as seconds, days in
/// eight digits. Nearly all of them would be in 1970, or far in the future.
/// </summary>
internal sealed class EpochCheck(DateForm named)
{
    private const int ValuesPerException = 20;
    private static readonly DateForm[] s_forms = [.. new[] { "unix", "unix_ms", "excel", "yyyyMMdd" }.Select(DateForm.Of)];
    private readonly long[] _fits = new long[s_forms.Length];
    private long _values;
    private long _unlikely;

    /// <summary>The first value that is unlikely in the named form, with its line.</summary>
    public (long Line, string Text) First { get; private set; }

    /// <summary>The form that the values have instead; null if the named one is likely, or no other is.</summary>
    public string? Other
    {
        get
        {
            var most = _fits.Max();
            return _values > 0 && IsNearlyAll(_unlikely) && IsNearlyAll(most) ? s_forms[Array.IndexOf(_fits, most)].Name : null;
        }
    }

    /// <summary>Takes the next value into account. Zero is what some tools write for none.</summary>
    public void Add(string text, long line)
    {
        if (text == "0")
        {
            return;
        }

        _values++;
        if (IsLikely(named, text))
        {
            return;
        }

        First = _unlikely++ == 0 ? (line, text) : First;
        for (var i = 0; i < s_forms.Length; i++)
        {
            _fits[i] += s_forms[i].Name != named.Name && IsLikely(s_forms[i], text) ? 1 : 0;
        }
    }

    // Birthdays are long before 1970, too, but hardly all in that year.
    private static bool IsLikely(DateForm form, string text) =>
        (form.TryParseInstant(text, out var time) ? time.Year : form.TryParseDay(text, out var day) ? day.Year : 0) is >= 1900 and <= 2100 and not 1970;

    private bool IsNearlyAll(long count) => (_values - count) * ValuesPerException <= _values;
}
