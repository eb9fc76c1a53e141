using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TagSegments.Csv;

/// <summary>
/// Names of months in the languages that people write dates in: <c>4 de março de 2023</c> is <c>4 Mar 2023</c>. No name means different months in two of the
/// languages, so a date can be read before the language of its column is known.
/// </summary>
public static partial class MonthNames
{
    private const int Shortest = 4;
    private const int Longest = 60;
    private const int LeastLetters = 3;

    private static readonly FrozenDictionary<string, (int Month, MonthLanguages Languages)> s_months = Table(
        (MonthLanguages.English, "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|november nov|december dec"),
        (MonthLanguages.German, "januar jänner jan jän|februar feber feb|märz maerz mär mrz|april apr|mai|juni jun|juli jul|august aug|september sept sep|oktober okt|november nov|dezember dez"),
        (MonthLanguages.French, "janvier janv jan|février févr fév|mars|avril avr|mai|juin|juillet juil|août|septembre sept sep|octobre oct|novembre nov|décembre déc"),
        (MonthLanguages.Spanish, "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago|septiembre setiembre sept sep set|octubre oct|noviembre nov|diciembre dic"),
        (MonthLanguages.Italian, "gennaio gen|febbraio feb|marzo mar|aprile apr|maggio mag|giugno giu|luglio lug|agosto ago|settembre sett set|ottobre ott|novembre nov|dicembre dic"),
        (MonthLanguages.Portuguese, "janeiro jan|fevereiro fev|março mar|abril abr|maio mai|junho jun|julho jul|agosto ago|setembro set|outubro out|novembro nov|dezembro dez"),
        (MonthLanguages.Dutch, "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug|september sept sep|oktober okt|november nov|december dec"),
        (MonthLanguages.Danish, "januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug|september sept sep|oktober okt|november nov|december dec"),
        (MonthLanguages.Norwegian, "januar jan|februar feb|mars mar|april apr|mai|juni jun|juli jul|august aug|september sept sep|oktober okt|november nov|desember des"),
        (MonthLanguages.Swedish, "januari jan|februari feb|mars mar|april apr|maj|juni jun|juli jul|augusti aug|september sept sep|oktober okt|november nov|december dec"),
        (MonthLanguages.Polish, "styczeń stycznia sty|luty lutego lut|marzec marca mar|kwiecień kwietnia kwi|maj maja|czerwiec czerwca cze|lipiec lipca lip|sierpień sierpnia sie|wrzesień września wrz|październik października paź|listopad listopada lis|grudzień grudnia gru"));

    private static readonly FrozenSet<string> s_weekdays = FrozenSet.ToFrozenSet(
        (
            "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so "
            + "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim "
            + "lunes martes miercoles jueves viernes sabado domingo mie jue vie sab dom "
            + "lunedi martedi mercoledi giovedi venerdi gio "
            + "segunda terca quarta quinta sexta feira seg ter qua qui sex "
            + "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo "
            + "mandag tirsdag onsdag torsdag fredag lordag sondag man tir ons tor tors fre lor son "
            + "tisdag mandag lordag tis "
            + "poniedziałek wtorek sroda czwartek piatek niedziela pon wto sro czw pia nie "
            + "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday"
        ).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Plain));

    // "le 4 mars", "Sonntag, den 4. März".
    private static readonly FrozenSet<string> s_beginnings = FrozenSet.ToFrozenSet([.. s_weekdays, "le", "il", "el", "dia", "den", "der", "am", "op"]);

    /// <summary>Returns the languages that the name of the month in a date can be of: all of them if there is no name.</summary>
    public static MonthLanguages LanguagesOf(string text)
    {
        if (!MayHaveName(text))
        {
            return MonthLanguages.All;
        }

        // The last one: a day of the week before it can be called like a month.
        return Names(text) is [.., var name] ? name.Languages : MonthLanguages.All;
    }

    /// <summary>
    /// Returns a date with the English name of its month, short or in full, and without the words that other languages put around it; in ISO form if
    /// it is written in Japanese, Chinese or Korean. Null if nothing changes, or if there is no name of one month.
    /// </summary>
    public static string? ToEnglish(string text, bool inFull = false)
    {
        if (EasternDates.ToIso(text) is { } iso)
        {
            return iso;
        }

        if (!MayHaveName(text) || Month(text) is not { } found)
        {
            return null;
        }

        var (at, length, month) = found;
        var name = inFull ? CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month) : CultureInfo.InvariantCulture.DateTimeFormat.GetAbbreviatedMonthName(month);
        var rest = text.AsSpan(at + length);
        var english = Slashes().Replace($"{WithoutWeekday(text[..at])}{name}{(rest is ['.', ..] ? rest[1..] : rest)}", "$1 $2 $3 ");
        english = Clock().Replace(Ordinal().Replace(Links().Replace(english, " "), "$1"), "$1:$2");
        english = Blanks().Replace(english, " ").Replace(" ,", ",", StringComparison.Ordinal).Trim(' ', ',');
        return english == text ? null : english;
    }

    private static bool MayHaveName(string text)
    {
        if (text.Length is < Shortest or > Longest || !text.AsSpan().ContainsAnyInRange('0', '9'))
        {
            return false;
        }

        var letters = 0;
        foreach (var character in text)
        {
            letters = char.IsLetter(character) ? letters + 1 : 0;
            if (letters == LeastLetters)
            {
                return true;
            }
        }

        return false;
    }

    // The place of the only name; the first of two may be a day of the week.
    private static (int At, int Length, int Month)? Month(string text) => Names(text) switch
    {
        [var only] => (only.At, only.Length, only.Month),
        [(0, var length, _, _), var second] when s_weekdays.Contains(Plain(text[..length])) => (second.At, second.Length, second.Month),
        _ => null,
    };

    private static List<(int At, int Length, int Month, MonthLanguages Languages)> Names(string text)
    {
        var found = new List<(int At, int Length, int Month, MonthLanguages Languages)>();
        foreach (var word in Words().EnumerateMatches(text))
        {
            if (word.Length >= LeastLetters && s_months.TryGetValue(Plain(text.Substring(word.Index, word.Length)), out var name))
            {
                found.Add((word.Index, word.Length, name.Month, name.Languages));
            }
        }

        return found;
    }

    // Words in front of the day of the month.
    private static string WithoutWeekday(string text)
    {
        var end = text.AsSpan().IndexOfAnyInRange('0', '9') is >= 0 and var digit ? digit : text.Length;
        var words = text[..end].Split([' ', ',', '.', '-'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && Array.TrueForAll(words, word => s_beginnings.Contains(Plain(word))) ? text[end..] : text;
    }

    private static string Plain(string word) => string.Concat(word.Normalize(NormalizationForm.FormD).Where(char.IsLetter)).ToLowerInvariant();

    private static FrozenDictionary<string, (int Month, MonthLanguages Languages)> Table(params (MonthLanguages Language, string Months)[] languages) => languages
        .SelectMany(row => row.Months.Split('|').Index().SelectMany(month => month.Item.Split(' ').Select(word => (Word: Plain(word), Month: month.Index + 1, row.Language))))
        .GroupBy(name => name.Word)
        .ToFrozenDictionary(
            names => names.Key,
            names => (names.Select(name => name.Month).Distinct().Single(), names.Aggregate(MonthLanguages.None, (all, name) => all | name.Language)),
            StringComparer.Ordinal);

    [GeneratedRegex(@"[\p{L}\p{Mn}]+", RegexOptions.NonBacktracking)]
    private static partial Regex Words();

    // "4 de marzo de 2023 a las 10:20", "um 10:20 Uhr", "kl. 10.20".
    [GeneratedRegex(
        @"\b(?:de|del|um|uhr|om|à|às|a las?|alle(?: ore)?|ore|kl|godz|r)(?:\.|\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Links();

    [GeneratedRegex(@"\b([0-9]{1,2})(?:er\b|st\b|nd\b|rd\b|th\b|\.?[º°ª])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Ordinal();

    // "04/Mar/2021:10:20:30 +0100", as web servers log.
    [GeneratedRegex(@"\A([0-9]{1,2})/([A-Za-z]{3,})/([0-9]{4}):?", RegexOptions.NonBacktracking)]
    private static partial Regex Slashes();

    // "10h20".
    [GeneratedRegex(@"\b([0-9]{1,2}) ?h ?([0-9]{2})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();
}
