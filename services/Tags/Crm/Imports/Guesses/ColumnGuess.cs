using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Fields;
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
    private static readonly Type[] s_written = [Type.Boolean, Type.Date, Type.DateTime, Type.YearlyDay, Type.Number];
    private readonly ImportColumn _column;
    private readonly List<TypeGuess> _guesses;
    private readonly DateGuess[] _named;
    private readonly EpochCheck? _epoch;
    private long _values;

    private ColumnGuess(ImportColumn column, IEnumerable<TypeGuess> guesses)
    {
        (_column, _guesses) = (column, [.. guesses]);
        _named = [.. _guesses.OfType<DateGuess>().Where(guess => guess.IsNamed)];
        _epoch = column is { NamesDates: true, Form.Dates.HasEpoch: true } ? new(column.Form.Dates) : null;
    }

    /// <summary>The type; text until all values have been seen.</summary>
    public Type Type { get; private set; } = Type.Text;

    /// <summary>True if each value must stand as an export writes it, white space included.</summary>
    public bool IsExact { get; private init; }

    /// <summary>True if there is any value.</summary>
    public bool HasValues => _values > 0;

    /// <summary>True if the type is to be found, and not only the form.</summary>
    public bool FindsType { get; private init; }

    /// <summary>What was guessed; null if the values are as the API writes them.</summary>
    public ImportNotice? Notice { get; private set; }

    /// <summary>The choices, if the values are lists of them.</summary>
    public IReadOnlyCollection<string> Choices => _guesses.Find(guess => guess.Type == Type)?.Items ?? [];

    // What most values are is the type of a column of which nothing is known. Otherwise the others are bad values, however many.
    private bool IsOpen { get; init; }

    // Numbers under a header of dates may count days or seconds.
    private EpochCheck? Counted { get; init; }

    private long Most => IsOpen ? Math.Min(_values / ValuesPerException, MaxExceptions) : _values - 1;

    private IEnumerable<DateGuess> Dates => _guesses.OfType<DateGuess>();

    /// <summary>Guesses the type of a column.</summary>
    public static ColumnGuess OfType(ImportColumn column, string listSeparator) => new(
        column,
        [
            new BooleanGuess(column.Form),
            .. DateGuess.All(Type.Date, column.Form),
            .. DateGuess.All(Type.DateTime, column.Form),
            .. DateGuess.All(Type.YearlyDay, column.Form),
            .. CompactDateGuess.All(column, isKnown: false, Type.Date, Type.DateTime),
            new NumberGuess(column.Form, isKnown: false),
            .. listSeparator.Length > 0 ? [new ListGuess(column.Form, listSeparator)] : Array.Empty<TypeGuess>(),
        ])
    {
        FindsType = true,
        IsOpen = true,
        Counted = CompactDateGuess.IsOfDates(column.Header) ? new(DateForm.Iso) : null,
    };

    /// <summary>Guesses whether the dates of a column, whose form an option names, are days, date-times or days of the year.</summary>
    public static ColumnGuess OfNamedDates(ImportColumn column) =>
        new(column, new[] { Type.Date, Type.DateTime, Type.YearlyDay }.SelectMany(type => DateGuess.All(type, column.Form))) { FindsType = true };

    /// <summary>Finds the type of a column of an export, so that another export writes the same.</summary>
    public static ColumnGuess OfExport(ImportColumn column) => new(
        column, [.. s_written.Select(type => new ExactGuess(type, column.Form)), new ExportedListGuess(column.Form)])
    {
        IsExact = true,
        FindsType = true,
        IsOpen = true,
    };

    /// <summary>Leaves out the types that the values cannot have.</summary>
    public void Exclude(Predicate<Type> isExcluded) => _guesses.RemoveAll(guess => isExcluded(guess.Type));

    /// <summary>Guesses the form of a column whose type is one of <paramref name="types"/>.</summary>
    public static ColumnGuess OfForm(ImportColumn column, params Type[] types) => new(
        column,
        types.SelectMany(type => type == Type.Number ? [new NumberGuess(column.Form, isKnown: true)] : DateGuess.All(type, column.Form).Cast<TypeGuess>())
            .Concat(CompactDateGuess.All(column, isKnown: true, types)));

    /// <summary>Takes the next value into account, which is not empty, and in this line.</summary>
    public void Add(string text, long line)
    {
        _values++;
        _epoch?.Add(text, line);
        Counted?.Add(text, line);
        for (var i = _guesses.Count - 1; i >= 0; i--)
        {
            var guess = _guesses[i];
            guess.Add(text, line);
            if (IsOpen && guess.IsOut(MaxExceptions))
            {
                _guesses.RemoveAt(i);
            }
        }
    }

    /// <summary>Concludes the guesses of a file. Days come before months, or after them, in all of its columns: who wrote one wrote the others.</summary>
    public static void ConcludeAll(IReadOnlyCollection<ColumnGuess> guesses)
    {
        var orders = guesses.SelectMany(guess => guess.Dates.Where(dates => dates.Exceptions <= guess.Most)).Select(dates => dates.Order).OfType<int>().Distinct().ToArray();
        foreach (var dates in guesses.SelectMany(guess => guess.Dates))
        {
            dates.OrderElsewhere = orders is [var only] ? only : null;
        }

        foreach (var guess in guesses)
        {
            guess.Conclude();
        }
    }

    /// <summary>Concludes from all values, and sets the form of the column. Throws INVALID_ARGUMENT if none is in the form that an option names for it.</summary>
    private void Conclude()
    {
        if (_values == 0)
        {
            return;
        }

        RequireEpoch();
        if (_guesses.Where(guess => guess.Exceptions <= Most).MinBy(guess => guess.Exceptions) is not { } best)
        {
            RequireFit();
            Notice = _named.MaxBy(guess => guess.Fits) is { } named && 2 * (named.Fits + named.OtherDates) >= named.Fits + named.Misses
                ? GuessNotices.OfMisfit(_column, named)
                : null;
            return;
        }

        var found = best.Conclude();
        if (found.Form is not null)
        {
            (Type, _column.Form) = (best.Type, found.Form);
        }

        Notice = found.Doubt.Length > 0 ? GuessNotices.OfDoubt(_column, best.Type, _values, found.Doubt, isOpen: IsOpen)
            : Type == Type.Number && Counted?.Other is { } counted ? GuessNotices.OfCounted(_column, _values, counted, Counted.First.Text)
            : found.Said.Length > 0 || (FindsType && best.Misses > 0) ? GuessNotices.OfForm(_column, best, _values, found.Said, FindsType)
            : null;
    }

    /// <summary>True if the dates of the column have the form of this name.</summary>
    public bool HasForm(string name) => _named.Length > 0 && Type is Type.Date or Type.DateTime or Type.YearlyDay && _column.Form.Dates.Name == name;

    private void RequireEpoch()
    {
        if (_epoch?.Other is not { } other)
        {
            return;
        }

        var (line, text) = _epoch.First;
        var asNamed = _column.Form.Dates.TryParseInstant(text, out var time) ? $"a time in {time.Year}" : "no time at all";
        throw RpcErrors.InvalidField(
            $"options.date_formats[\"{_column.Header}\"]",
            $"the values look like {other}: as {_column.Form.Dates.Name}, \"{GuessNotices.Short(text)}\" in line {line} would be {asNamed}");
    }

    private void RequireFit()
    {
        if (!_column.NamesDates || _named.MaxBy(guess => guess.Fits) is not { Fits: 0, FirstMiss: var (line, text) })
        {
            return;
        }

        throw RpcErrors.InvalidField(
            $"options.date_formats[\"{_column.Header}\"]", $"no value of the column is in the form {_column.Form.Dates.Name}: line {line} has \"{GuessNotices.Short(text)}\"");
    }
}
