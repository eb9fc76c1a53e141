using System.Globalization;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>
/// Finds the type of a column and the form of its values from all of them: a type that at least 95 % have, the others are bad values; text if no type
/// is as clear, or if the form is in doubt. Fewer than 20 values must all have the type. A choice is never inferred.
/// </summary>
internal sealed class ColumnGuess
{
    private const int ValuesPerException = 20;
    private const int MaxExceptions = 1_000;
    private readonly ImportColumn _column;
    private readonly bool _isKnown;
    private readonly List<TypeGuess> _guesses;
    private long _values;

    private ColumnGuess(ImportColumn column, bool isKnown, IEnumerable<TypeGuess> guesses) =>
        (_column, _isKnown, _guesses) = (column, isKnown, [.. guesses]);

    /// <summary>The type; text until all values have been seen.</summary>
    public Type Type { get; private set; } = Type.Text;

    /// <summary>True if the type is to be found, and not only the form.</summary>
    public bool FindsType => !_isKnown;

    /// <summary>What was guessed; null if the values are as the API writes them.</summary>
    public ImportNotice? Notice { get; private set; }

    /// <summary>Guesses the type of a column.</summary>
    public static ColumnGuess OfType(ImportColumn column) => new(
        column,
        isKnown: false,
        [
            new BooleanGuess(column.Form),
            .. DateGuess.All(Type.Date, column.Form),
            .. DateGuess.All(Type.DateTime, column.Form),
            .. DateGuess.All(Type.YearlyDay, column.Form),
            new NumberGuess(column.Form, isKnown: false),
        ]);

    /// <summary>Guesses the form of a column whose type is one of <paramref name="types"/>.</summary>
    public static ColumnGuess OfForm(ImportColumn column, params Type[] types) => new(
        column, isKnown: true, types.SelectMany(type => type == Type.Number ? [new NumberGuess(column.Form, isKnown: true)] : DateGuess.All(type, column.Form).Cast<TypeGuess>()));

    /// <summary>Takes the next value into account, which is not empty.</summary>
    public void Add(string text)
    {
        _values++;
        for (var i = _guesses.Count - 1; i >= 0; i--)
        {
            _guesses[i].Add(text);
            if (!_isKnown && _guesses[i].Exceptions > MaxExceptions)
            {
                _guesses.RemoveAt(i);
            }
        }
    }

    /// <summary>Concludes from all values, and sets the form of the column.</summary>
    public void Conclude()
    {
        var most = _isKnown ? _values - 1 : Math.Min(_values / ValuesPerException, MaxExceptions);
        if (_values == 0 || _guesses.Where(guess => guess.Exceptions <= most).MinBy(guess => guess.Exceptions) is not { } best)
        {
            return;
        }

        var found = best.Conclude();
        if (found.Form is not null)
        {
            (Type, _column.Form) = (best.Type, found.Form);
        }

        Notice = found.Doubt.Length > 0 ? NoticeOfDoubt(best, found.Doubt)
            : found.Said.Length > 0 || (!_isKnown && best.Misses > 0) ? NoticeOfForm(best, found.Said)
            : null;
    }

    private ImportNotice NoticeOfDoubt(TypeGuess guess, string doubt) => new()
    {
        Kind = ImportNotice.Types.Kind.ValuesInDoubt,
        Column = _column.Header,
        Rows = _values,
        Message = $"The values {doubt}{(_isKnown ? "; a value that is not as the API writes it is a bad value" : ", so the column is text")}. "
            + $"{Option(guess)} says how to read them.",
    };

    private ImportNotice NoticeOfForm(TypeGuess guess, string said)
    {
        var others = guess.Misses;
        var share = ((_values - others) * 100.0 / _values).ToString("0.##", CultureInfo.InvariantCulture);
        return new()
        {
            Kind = ImportNotice.Types.Kind.ValuesGuessed,
            Column = _column.Header,
            Rows = _values - others,
            Message = $"The values look like {Name(guess.Type)}{(said.Length > 0 ? $" {said}" : "")}: {share} % of them are, and any others are bad values. "
                + $"{Option(guess)}{(_isKnown ? "" : " or types")} overrules this.",
        };
    }

    private static string Option(TypeGuess guess) => guess.Type == Type.Number ? "number_formats" : guess.Type == Type.Boolean ? "types" : "date_formats";

    private static string Name(Type type) => type switch
    {
        Type.Number => "numbers",
        Type.Date => "days",
        Type.DateTime => "date-times",
        Type.YearlyDay => "days of the year",
        _ => "true and false",
    };
}
