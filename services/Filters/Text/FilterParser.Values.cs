using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private static readonly Dictionary<string, Operator> s_signs = new()
    {
        ["="] = Operator.Equals,
        ["!="] = Operator.NotEquals,
        ["<"] = Operator.Less,
        ["<="] = Operator.LessOrEqual,
        [">"] = Operator.Greater,
        [">="] = Operator.GreaterOrEqual,
    };

    private static readonly string[] s_comparisons =
    [
        "between", "in", "not in", "contains", "does not contain", "starts with", "ends with", "is empty", "is not empty",
        "has any of", "has all of", "has none of", "in last",
    ];

    private static readonly string[] s_clauseStarts =
    [
        "has", "no", "not", "never", "tag", "opened", "clicked", "sent", "did", "opportunity", "sum", "subscribed", "unsubscribed", "suppressed",
        "anniversary", "everyone",
    ];

    // Where the values of the comparison stand that is being read.
    private readonly List<(int Start, int End)> _values = [];

    private FieldClause ReadValues(FilterField field, Operator comparison)
    {
        var clause = new FieldClause { Operator = comparison };
        if (_tokens.AcceptSymbol("("))
        {
            ReadList(() => clause.Values.Add(ReadValue(field, isName: true)));
        }
        else
        {
            clause.Values.Add(ReadValue(field, isName: true));
        }

        return clause;
    }

    // The text of an operand in the form that the field's type needs. A name must be an existing one.
    private string ReadValue(FilterField field, bool isName)
    {
        var token = _tokens.Current;
        if (token.Kind is not (TokenKind.Text or TokenKind.Literal or TokenKind.Word) || (token.Kind == TokenKind.Word && IsConnective(token)))
        {
            throw _tokens.Error(FilterErrorKind.Value, $"{token} is not a value", ExpectedValue(field.Type));
        }

        if (token.IsWord("null"))
        {
            throw _tokens.Error(FilterErrorKind.Value, "null is not a value; what is missing is empty", "is empty", "is not empty", "the text \"null\" in double quotes");
        }

        RequireOneWord();

        var value = field.Type switch
        {
            FieldType.Number when FilterValues.TryNumber(token.Value.Trim(), out _) => token.Value.Trim(),
            FieldType.Boolean when ReadBoolean(token.Value) is { } boolean => boolean,
            FieldType.Date when FilterValues.TryDate(token.Value, out _) => token.Value,
            FieldType.YearlyDay when FilterValues.TryYearlyDay(token.Value, out _) => token.Value,
            FieldType.DateTime when FilterValues.TryInstant(token.Value, out _) || FilterValues.TryDate(token.Value, out _) => token.Value,
            FieldType.Number or FieldType.Boolean or FieldType.Date or FieldType.DateTime or FieldType.YearlyDay =>
                throw _tokens.Error(FilterErrorKind.Value, $"{token} does not fit the field {field.Name}", ExpectedValue(field.Type)),
            _ => isName ? ReadName(field, token.Value) : token.Value,
        };
        _values.Add((token.Position, token.End));
        _tokens.Skip(1);
        return value;
    }

    private string ReadName(FilterField field, string value)
    {
        var names = _catalog.KnownValues(field);
        if (names is null || names.Contains(value))
        {
            return value;
        }

        var similar = names.FirstOrDefault(name => CaseFolding.Fold(name) == CaseFolding.Fold(value))
            ?? throw _tokens.Unknown(field.IsAttribute ? field.Name : $"choice of {field.Name}", value, names);
        return field is { IsAttribute: true, Type: FieldType.SingleChoice } ? similar : value;
    }

    private static bool IsConnective(Token token) => token.IsWord("and") || token.IsWord("or") || token.IsWord("not");

    private static string? ReadBoolean(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "1" => "true",
        "false" or "no" or "0" => "false",
        _ => null,
    };

    private static string[] ExpectedValue(FieldType type) => type switch
    {
        FieldType.Number => ["a number such as 12.5"],
        FieldType.Boolean => ["true", "false"],
        FieldType.Date => ["a date such as 2026-11-23"],
        FieldType.YearlyDay => ["a day of the year in double quotes such as \"--04-17\""],
        FieldType.DateTime => ["a time such as 2026-11-23T10:00:00Z", "a date such as 2026-11-23"],
        _ => ["a text in double quotes"],
    };

    private string ReadText(string expected)
    {
        var token = _tokens.Current;
        if (token.Kind != TokenKind.Text)
        {
            throw token.Kind == TokenKind.Word
                ? QuotesMissing($"{token} stands without quotes", Quoted(), expected)
                : _tokens.Error($"{token} cannot stand here", expected);
        }

        _tokens.Skip(1);
        return token.Value;
    }
}
