using TagSegments.Csv;
using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>
/// Counts days or date-times in one form, or in several forms that many values fit alike: days before months or after them, and years of two digits first. Only
/// values that do not fit one of them tell which it is. Years of two digits are those from 1930 to 2029; if only 30 to 49 are among them that are not of this
/// century, they may be births or ends of contracts.
/// </summary>
internal sealed class DateGuess : TypeGuess
{
    private const int MaxLength = 100;
    private const int MaxOthers = 1_000;
    private const int YearFirst = 2;
    private const int ValuesPerMiss = 20;
    private const string NoCentury = "they do not tell the century of their years";
    private readonly TextForm[] _forms;
    private readonly char? _mark;
    // How many values fit one form and not the other.
    private readonly long[,] _over;
    private readonly long[] _fits;
    private readonly Years[] _years;
    private long _misses;
    private bool _padded;
    private MonthLanguages _languages = MonthLanguages.All;

    /// <summary>True if an option names the form.</summary>
    public bool IsNamed => _mark is null;

    /// <summary>The number of values that fit.</summary>
    public long Fits { get; private set; }

    /// <summary>The number of values that are dates in other forms, of the first ones that do not fit one that an option names.</summary>
    public long OtherDates { get; private set; }

    /// <summary>The first value that does not fit, with its line.</summary>
    public (long Line, string Text)? FirstMiss { get; private set; }

    /// <summary>Which of several forms the values tell: 0 for days before months, 1 for months before days, 2 for years before both; null if they do not.</summary>
    public int? Order => _forms.Length > 1 && Told(index => _years[index].AreClear) is { } told ? told : null;

    /// <summary>Which of the forms other columns of the file have, for values that fit several alike.</summary>
    public int? OrderElsewhere { private get; set; }

    private DateGuess(Type type, TextForm form, DateForm[] dates, char? mark)
        : base(type) =>
        (_forms, _mark, _over, _fits, _years) =
            ([.. dates.Select(one => form with { Dates = one })], mark, new long[dates.Length, dates.Length], new long[dates.Length], new Years[dates.Length]);

    /// <inheritdoc/>
    public override long Exceptions => _misses;

    /// <inheritdoc/>
    public override long Misses => _misses + Fits - (Order is { } order ? _fits[order] : _fits.Max());

    /// <inheritdoc/>
    public override bool IsOut(long mostExceptions) => base.IsOut(mostExceptions) && !(IsNamed && Fits >= Misses);

    /// <summary>Returns the guesses for days or for date-times: one for the form that an option names, else one for each usual form.</summary>
    public static IEnumerable<DateGuess> All(Type type, TextForm form)
    {
        var named = form.Dates.Name.Length > 0;
        return named && Forms(form.Dates, type).Length == 0 ? []
            : named ? [new(type, form, [form.Dates], null)]
            : type == Type.YearlyDay ? UsualDates.Yearly.Select(dates => new DateGuess(type, form, dates, UsualDates.Mark(dates[0].YearlyDays[0].Replace("'", "", StringComparison.Ordinal))))
            : UsualDates.All.Select(dates => new DateGuess(type, form, dates, UsualDates.Mark(dates[0].Days[0])));
    }

    /// <inheritdoc/>
    public override void Add(string text, long line)
    {
        Span<bool> fits = stackalloc bool[_forms.Length];
        var count = 0;
        for (var i = 0; i < _forms.Length && (i > 0 || Looks(text)); i++)
        {
            if (Reads(_forms[i], text) is { } year)
            {
                (fits[i], count) = (true, count + 1);
                _fits[i]++;
                _years[i].Add(_forms[i].Dates, year);
            }
        }

        for (var i = 0; i < _forms.Length && count > 0 && count < _forms.Length; i++)
        {
            for (var j = 0; j < _forms.Length; j++)
            {
                _over[i, j] += fits[i] && !fits[j] ? 1 : 0;
            }
        }

        _padded |= count > 0 && (text.StartsWith('0') || (_mark is { } mark && text.Contains($"{mark}0", StringComparison.Ordinal)));
        Fits += count > 0 ? 1 : 0;
        _languages &= count > 0 ? MonthNames.LanguagesOf(text) : MonthLanguages.All;
        if (count == 0)
        {
            _misses++;
            FirstMiss ??= (line, text);
            OtherDates += IsNamed && _misses <= MaxOthers && UsualDates.Any(text) ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override TypeFinding Conclude()
    {
        if (_forms is [var only])
        {
            return IsNamed ? Finding(0)
                : LooksLikeVersions ? Doubt([only], "they may as well be numbers of versions")
                : _years[0].AreClear ? Finding(0)
                : Doubt([only], NoCentury);
        }

        var isDate = _padded || Type != Type.YearlyDay;
        return isDate && Order is { } order ? Finding(order)
            : Type != Type.YearlyDay && OrderElsewhere is { } other && other < _forms.Length && _fits[other] == Fits && _years[other].AreClear ? Finding(other, ", which other columns have")
            : Told(_ => true) is { } told && isDate ? Doubt([_forms[told]], NoCentury)
            : Doubt(_forms, "they do not tell in which");
    }

    private bool LooksLikeVersions => !_padded && _mark == '.' && _forms[0].Dates.HasShortYear && !_forms[0].Dates.Name.Contains("MMM", StringComparison.Ordinal);

    // Who names the form may mean years to come.
    private TypeFinding Finding(int index, string because = "")
    {
        var form = _forms[index].Dates.HasShortYear && (_years[index].HasPast || !IsNamed) ? _forms[index] with { Dates = _forms[index].Dates.UpTo2029() } : _forms[index];
        return new(form, Said(form) + because);
    }

    private static TypeFinding Doubt(TextForm[] forms, string what) => new(null, Doubt: $"may be dates in the form {string.Join(" or ", forms.Select(form => form.Dates.Name))}, and {what}");

    // The form that nearly all values fit, where many contradict each other one.
    private int? Told(Predicate<int> isPossible)
    {
        int[] possible = [.. Enumerable.Range(0, _forms.Length).Where(index => isPossible(index))];
        return Array.FindIndex(possible, index => ValuesPerMiss * (Fits - _fits[index]) <= Fits && Array.TrueForAll(possible, other => other == index || Beats(index, other))) is >= 0 and var found
            ? possible[found]
            : null;
    }

    // Years stand before slashes in few countries only: a value has to say so.
    private bool Beats(int index, int other) => (other == YearFirst && _mark == '/') || IsClear(_over[index, other], _over[other, index]) && _over[index, other] >= _over[other, index];

    // Most values of other columns are told apart at once.
    private bool Looks(string text)
    {
        if (_mark is null || text.Length > MaxLength)
        {
            return _mark is null;
        }

        var usual = MonthNames.ToEnglish(text) ?? text;
        return usual.Length >= (Type == Type.YearlyDay ? 4 : 6) && UsualDates.Mark(usual) == _mark && usual.Contains(':') == (Type == Type.DateTime);
    }

    private string Said(TextForm form) => form.Dates.Name.Length == 0 ? ""
        : $"in the form {form.Dates.Name}"
            + (form.Dates.HasShortYear ? ", with years from 1930 to 2029" : "")
            + (_languages == MonthLanguages.None ? ", with names of months in several languages"
            : _languages.HasFlag(MonthLanguages.English) ? ""
            : $", with names of months in {string.Join(" or ", Enum.GetValues<MonthLanguages>().Where(one => int.PopCount((int)one) == 1 && _languages.HasFlag(one)))}");

    private static string[] Forms(DateForm form, Type type) =>
        type == Type.Date ? (form.CountsDays ? [form.Name] : form.Days) : type == Type.YearlyDay ? form.YearlyDays : form.HasEpoch ? [form.Name] : form.Instants;

    // The year; null if the text is not in the form.
    private int? Reads(TextForm form, string text) => Type switch
    {
        Type.Date => form.TryParseDay(text, out var day) ? day.Year : null,
        Type.DateTime => form.TryParseInstant(text, out var instant) ? instant.Year : null,
        _ => form.TryParseYearlyDay(text, out var yearly) ? yearly.Year : null,
    };

    /// <summary>The years of two digits in one form, read as those from 1950 to 2049.</summary>
    private struct Years
    {
        private const int FirstDoubtful = 2030;
        private bool _hasDoubtful;

        public bool HasPast { get; private set; }

        public readonly bool AreClear => HasPast || !_hasDoubtful;

        public void Add(DateForm form, int year)
        {
            if (form.HasShortYear)
            {
                _hasDoubtful |= year >= FirstDoubtful;
                HasPast |= year < 2000;
            }
        }
    }
}
