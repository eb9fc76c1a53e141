using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private static readonly string[] s_propertyComparisons =
        ["between", "in", "not in", "contains", "does not contain", "starts with", "ends with", "is", "is not", "is empty", "is not empty"];

    private static readonly string[] s_propertyWords = ["equals", "begins", .. s_propertyComparisons.Select(comparison => comparison.Split(' ')[0])];

    // did "Purchase" (total > 100 AND category in ("Shoes", "Bags"))
    private List<PropertyCondition> ReadProperties() => ReadConditions("event", ReadProperty);

    // sum of total of events "Purchase" (...) in last 365 days >= 1000
    private Filter SumOfProperty()
    {
        var sum = new PropertySum();
        sum.Name = Placed(sum, "name", ReadPropertyName);
        _tokens.Skip(2);
        var clause = new ActivityClause { Kind = Kind.Custom };
        clause.EventName = Placed(clause, "event_name", () => ReadText("the name of an event in double quotes"));
        var filter = ActivityDetails(clause);
        if (clause.Quantity is not null)
        {
            throw _tokens.Error("a sum has no number of times", FilterWords.Signs, "between");
        }

        sum.Sum = ReadSum();
        clause.PropertySum = sum;
        return filter;
    }

    private PropertyCondition ReadProperty()
    {
        var start = _tokens.Current.Position;
        var (name, nameEnd) = (ReadPropertyName(), _tokens.LastEnd);
        var isComparison = _tokens.Current.Kind == TokenKind.Symbol
            ? s_signs.ContainsKey(_tokens.Current.Value)
            : s_propertyWords.Any(_tokens.Current.IsWord) && !IsWindowAhead();
        if (!isComparison)
        {
            throw _tokens.Error($"{_tokens.Current} is not a comparison of properties", [FilterWords.Signs, .. s_propertyComparisons]);
        }

        var property = PropertyFields.Field(name, ReadTypeAhead());
        var comparison = ReadOptions(ReadComparison(property));
        var condition = _places.Copy(comparison, PropertyFields.ToCondition(property, comparison));
        _places.Add(condition, "name", start, nameEnd);
        return Placed(condition, start);
    }

    private string ReadPropertyName()
    {
        var token = _tokens.Current;
        if (token.Kind is not (TokenKind.Word or TokenKind.Bracketed or TokenKind.Text))
        {
            throw _tokens.Error(
                token.IsSymbol("(") ? "brackets cannot stand in the brackets of an event: its conditions are all joined by AND" : $"{token} cannot stand here",
                "the name of a property, in square brackets unless it is a plain word");
        }

        if (token.Value.Length is 0 or > PropertyFields.NameLength)
        {
            throw _tokens.Error(
                FilterErrorKind.Value,
                $"the name of a property must have 1 to {PropertyFields.NameLength} characters",
                $"a name of 1 to {PropertyFields.NameLength} characters");
        }

        _tokens.Skip(1);
        return token.Value;
    }

    // The type of a property is that of the values that it is compared with, which all stand before the condition ends.
    private FieldType ReadTypeAhead()
    {
        var (type, depth, isBetween) = (FieldType.Unspecified, 0, false);
        for (var i = 0; !EndsCondition(_tokens.Peek(i), depth, isBetween); i++)
        {
            var token = _tokens.Peek(i);
            isBetween = token.IsWord("between") || (isBetween && !token.IsWord("and"));
            depth += token.IsSymbol("(") ? 1 : token.IsSymbol(")") ? -1 : 0;
            if (TypeOf(token) is not { } found)
            {
                continue;
            }

            if (type != FieldType.Unspecified && found != type)
            {
                _tokens.Skip(i);
                throw _tokens.Error(FilterErrorKind.Value, $"{token} is of another type than the values before it", ExpectedValue(type));
            }

            type = found;
        }

        return type == FieldType.Unspecified ? FieldType.Text : type;
    }

    private static bool EndsCondition(Token token, int depth, bool isBetween) =>
        token.Kind == TokenKind.End
        || (depth == 0 && (token.IsSymbol(")") || token.IsSymbol(",") || token.IsWord("or") || (token.IsWord("and") && !isBetween)));

    // Null for a word that is a value only where one is expected: a text.
    private static FieldType? TypeOf(Token token) => token.Kind switch
    {
        TokenKind.Text => FieldType.Text,
        TokenKind.Literal when FilterValues.TryDate(token.Value, out _) => FieldType.Date,
        TokenKind.Literal when FilterValues.TryInstant(token.Value, out _) => FieldType.DateTime,
        TokenKind.Literal => FieldType.Number,
        TokenKind.Word when token.IsWord("true") || token.IsWord("false") => FieldType.Boolean,
        _ => null,
    };
}
