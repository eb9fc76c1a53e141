using System.Globalization;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Guesses;

/// <summary>Says how the values of a column are read, and which option overrules it.</summary>
internal static class GuessNotices
{
    private const int MaxShown = 40;

    /// <summary>Says that the form of the values is in doubt.</summary>
    public static ImportNotice OfDoubt(ImportColumn column, Type type, long values, string doubt, bool isOpen) => new()
    {
        Kind = Kind.ValuesInDoubt,
        Column = column.Header,
        Rows = values,
        Message = $"The values {doubt}{(isOpen ? ", so the column is text" : "; a value that is not as the API writes it is a bad value")}. "
            + $"{Option(type)} says how to read them.",
    };

    /// <summary>Says which form the values have, and which of them do not.</summary>
    public static ImportNotice OfForm(ImportColumn column, TypeGuess guess, long values, string said, bool findsType)
    {
        var others = guess.Misses;
        var share = ((values - others) * 100.0 / values).ToString("0.##", CultureInfo.InvariantCulture);
        var first = guess is DateGuess { FirstMiss: var (line, text) } ? $", first \"{Short(text)}\" in line {line}" : "";
        return new()
        {
            Kind = Kind.ValuesGuessed,
            Column = column.Header,
            Rows = values - others,
            Message = $"The values look like {Name(guess.Type)}{(said.Length > 0 ? $" {said}" : "")}: {share} % of them are, and any others are bad values{first}. "
                + $"{Option(guess.Type)}{(findsType && Option(guess.Type) != "types" ? " or types" : "")} overrules this.",
        };
    }

    /// <summary>Says that numbers under a header of dates may count days or seconds.</summary>
    public static ImportNotice OfCounted(ImportColumn column, long values, string form, string first) => new()
    {
        Kind = Kind.ValuesInDoubt,
        Column = column.Header,
        Rows = values,
        Message = $"The values are numbers, and may be times in the form {form} ({Short(first)} is {Shown(DateForm.Of(form), first)}): date_formats makes dates of them.",
    };

    /// <summary>Says that too few values have the form that an option names for the dates of all columns.</summary>
    public static ImportNotice OfMisfit(ImportColumn column, DateGuess guess)
    {
        var (line, text) = guess.FirstMiss!.Value;
        return new()
        {
            Kind = Kind.ValuesInDoubt,
            Column = column.Header,
            Rows = guess.Misses,
            Message = $"{guess.Fits} values are in the form {column.Form.Dates.Name}, and {guess.Misses} are not, first \"{Short(text)}\" in line {line}: so the column is text. "
                + "date_formats names the form of the column, and makes the others bad values.",
        };
    }

    /// <summary>Shortens a value for a message.</summary>
    public static string Short(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "…";

    private static string Shown(DateForm form, string text) =>
        form.TryParseInstant(text, out var instant) ? Dates.ToText(DateOnly.FromDateTime(instant)) : form.TryParseDay(text, out var day) ? Dates.ToText(day) : text;

    private static string Option(Type type) => type == Type.Number ? "number_formats" : type is Type.Boolean or Type.MultipleChoice ? "types" : "date_formats";

    private static string Name(Type type) => type switch
    {
        Type.Number => "numbers",
        Type.Date => "days",
        Type.DateTime => "date-times",
        Type.YearlyDay => "days of the year",
        Type.MultipleChoice => "lists",
        _ => "true and false",
    };
}
