using TagSegments.Csv;
using TagSegments.Tags.Crm.Fields;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>
/// Counts days or date-times in one form, or in two forms that many values fit alike: days before months or after them. Only values that fit one of
/// them tell which it is.
/// </summary>
internal sealed class DateGuess : TypeGuess
{
    private const int MaxLength = 100;
    private const int MaxOthers = 1_000;
    private readonly TextForm[] _forms;
    private readonly char? _mark;
    private readonly long[] _alone;
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

    /// <summary>Which of two forms the values tell: 0 for days before months, 1 for months before days; null if they do not.</summary>
    public int? Order => _forms.Length == 2 && IsClear(_alone[0], _alone[1]) ? (_alone[0] >= _alone[1] ? 0 : 1) : null;

    /// <summary>Which of two forms other columns of the file have, for values that fit both alike.</summary>
    public int? OrderElsewhere { private get; set; }

    private DateGuess(Type type, TextForm form, DateForm[] dates, char? mark)
        : base(type) =>
        (_forms, _alone, _mark) = ([.. dates.Select(one => form with { Dates = one })], new long[dates.Length], mark);

    /// <inheritdoc/>
    public override long Exceptions => _misses;

    /// <inheritdoc/>
    public override long Misses => _misses + _alone.Sum() - _alone.Max();

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
        var (count, last, looks) = (0, 0, Looks(text));
        for (var i = 0; i < _forms.Length && looks; i++)
        {
            if (Reads(_forms[i], text))
            {
                (count, last) = (count + 1, i);
                _padded |= text.StartsWith('0') || text.Contains("/0", StringComparison.Ordinal);
            }
        }

        _alone[last] += count == 1 ? 1 : 0;
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
            return new(only, Said(only));
        }

        var isDate = _padded || Type != Type.YearlyDay;
        return isDate && Order is { } order ? new(_forms[order], Said(_forms[order]))
            : Type != Type.YearlyDay && OrderElsewhere is { } other && _alone.Sum() == 0 ? new(_forms[other], $"{Said(_forms[other])}, which other columns have")
            : new(null, Doubt: $"may be dates in the form {string.Join(" or ", _forms.Select(form => form.Dates.Name))}, and they do not tell in which");
    }

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
            + (_languages == MonthLanguages.None ? ", with names of months in several languages"
            : _languages.HasFlag(MonthLanguages.English) ? ""
            : $", with names of months in {string.Join(" or ", Enum.GetValues<MonthLanguages>().Where(one => int.PopCount((int)one) == 1 && _languages.HasFlag(one)))}");

    private static string[] Forms(DateForm form, Type type) =>
        type == Type.Date ? (form.CountsDays ? [form.Name] : form.Days) : type == Type.YearlyDay ? form.YearlyDays : form.HasEpoch ? [form.Name] : form.Instants;

    private bool Reads(TextForm form, string text) => Type switch
    {
        Type.Date => form.TryParseDay(text, out _),
        Type.DateTime => form.TryParseInstant(text, out _),
        _ => form.TryParseYearlyDay(text, out _),
    };
}
