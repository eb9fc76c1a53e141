using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>
/// Counts days and date-times without marks in them: 20210304, 20210304102030, 20210304T102030Z. Without a header of dates the digits may be a number, so many of
/// them must be dates then; under a header of numbers they are never any.
/// </summary>
internal sealed class CompactDateGuess : TypeGuess
{
    private const int Many = 20;
    private const int DigitsOfDay = 8;
    private const int DigitsOfInstant = 14;

    private static readonly DateForm s_days = new("yyyyMMdd", ["yyyyMMdd"], []);
    private static readonly DateForm s_instants = new(
        "yyyyMMddHHmmss", [], ["yyyyMMddHHmmss", "yyyyMMdd'T'HHmmss.FFFFFFFK", "yyyyMMdd'T'HHmmK", "yyyyMMdd HH:mm:ss", "yyyyMMdd HH:mm"]);

    private static readonly string[] s_ofDates = PlainText.OfAll(
        "dat", "day", "birth", "born", "geburt", "geb", "seit", "joined", "signup", "since", "created", "opened", "closed", "expir", "time", "timestamp", "fecha", "nacim", "alta", "jour", "naiss",
        "nato", "nascita", "nasc", "urodz", "päivä", "pvm", "kuupäev", "tarih", "дата", "дня", "ημερομηνία", "日", "날짜", "생년",
        "تاريخ", "ميلاد", "תאריך", "לידה", "تولد", "پیدائش", "तारीख", "दिनांक", "जन्म", "তারিখ", "জন্ম", "tanggal", "tarikh", "lahir", "ngày", "วันที่", "เกิด", "народж", "рожд", "γέννησ", "rođen", "narozen", "gimimo");

    private static readonly string[] s_ofNumbers = PlainText.OfAll(
        "id", "no", "nr", "num", "number", "nummer", "code", "ref", "key", "sku", "phone", "tel", "amount", "total", "count", "plz", "zip", "numero", "número", "番号", "号");

    private readonly TextForm _form;
    private readonly bool _isKnown;
    private readonly bool _isNumber;
    private long _misses;
    private long _fits;

    private CompactDateGuess(Type type, TextForm form, string header, bool isKnown)
        : base(type)
    {
        _form = form with { Dates = type == Type.Date ? s_days : s_instants };
        _isNumber = !isKnown && IsOfNumbers(header);
        _isKnown = isKnown || IsOfDates(header);
    }

    /// <inheritdoc/>
    public override long Exceptions => _fits > 0 && !_isNumber && (_isKnown || _fits >= Many) ? _misses : long.MaxValue;

    /// <inheritdoc/>
    public override long Misses => _misses;

    /// <summary>Returns the guesses for days and date-times; none if an option names the form.</summary>
    public static IEnumerable<TypeGuess> All(ImportColumn column, bool isKnown, params Type[] types) => column.Form.Dates.Name.Length > 0 ? []
        : types.Where(type => type is Type.Date or Type.DateTime).Select(type => new CompactDateGuess(type, column.Form, column.Header, isKnown));

    /// <summary>True for a header of dates.</summary>
    public static bool IsOfDates(string header) =>
        PlainText.Of(header) is var plain && Array.Exists(s_ofDates, word => plain.Contains(word, StringComparison.Ordinal)) && !IsOfNumbers(header);

    /// <summary>True if a text is such a day or date-time.</summary>
    public static bool Is(string text) => Year(Type.Date, s_days, text) is not null || Year(Type.DateTime, s_instants, text) is not null;

    /// <inheritdoc/>
    public override bool IsOut(long mostExceptions) => _misses > mostExceptions;

    /// <inheritdoc/>
    public override void Add(string text, long line)
    {
        var fits = Year(Type, _form.Dates, text) is not null;
        _fits += fits ? 1 : 0;
        _misses += fits ? 0 : 1;
    }

    /// <inheritdoc/>
    public override TypeFinding Conclude() => new(_form, $"in the form {_form.Dates.Name}");

    private static bool IsOfNumbers(string header) => PlainText.Of(header) is var plain && Array.Exists(s_ofNumbers, word => plain.EndsWith(word, StringComparison.Ordinal));

    // Other numbers of eight digits are days of other centuries.
    private static int? Year(Type type, DateForm form, string text) =>
        (type == Type.Date ? text.Length == DigitsOfDay : text.Length >= DigitsOfInstant - 1) && text.AsSpan(0, DigitsOfDay).ContainsAnyExceptInRange('0', '9') is false
            && (type == Type.Date ? form.TryParseDay(text, out var day) ? day.Year : 0 : form.TryParseInstant(text, out var instant) ? instant.Year : 0) is >= 1900 and <= 2100 and var year
                ? year
                : null;
}
