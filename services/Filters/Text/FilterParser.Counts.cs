using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private Filter ActivityDetails(ActivityClause clause)
    {
        while (true)
        {
            if (_tokens.Current.IsWord("of") && clause.CampaignId.Length == 0)
            {
                _tokens.Skip(1);
                _tokens.ExpectWord("campaign");
                clause.CampaignId = Placed(clause, "campaign_id", () => ReadReference("campaign", _catalog.Campaigns, id => id));
            }
            else if (clause.Quantity is null && _tokens.Accept("never"))
            {
                clause.Quantity = new Quantity { AtMost = 0 };
            }
            else if (clause.Quantity is null && ReadQuantity(token => token.IsWord("time") || token.IsWord("times")) is { } quantity)
            {
                _tokens.Skip(1);
                clause.Quantity = quantity;
            }
            else if (clause is { Properties.Count: 0, Link: null, Bounce: 0 } && _tokens.Current.IsSymbol("("))
            {
                ReadBrackets(clause);
            }
            else if (clause.Window is null && !_tokens.Accept("ever") && IsWindowAhead())
            {
                clause.Window = ReadWindow();
            }
            else
            {
                return new Filter { Activity = clause };
            }
        }
    }

    private static bool IsOpportunityWord(Token token) =>
        token.IsWord("opportunity") || token.IsWord("opportunities") || token.IsWord("deal") || token.IsWord("deals");

    private Filter OpportunityFilter(Quantity? quantity)
    {
        if (!IsOpportunityWord(_tokens.Current))
        {
            throw _tokens.Error($"{_tokens.Current} cannot stand here", "opportunity", "opportunities", "tag");
        }

        _tokens.Skip(1);
        return new Filter { Opportunity = new OpportunityClause { Quantity = quantity, Conditions = { ReadOpportunityFields() } } };
    }

    // sum of amount of opportunities (...) >= 40000
    private Filter Sum()
    {
        _tokens.Skip(1);
        _tokens.ExpectWord("of");
        if (_tokens.Peek(1).IsWord("of") && (_tokens.Peek(2).IsWord("events") || _tokens.Peek(2).IsWord("event")))
        {
            return SumOfProperty();
        }

        _tokens.ExpectWord("amount", "amounts");
        _tokens.ExpectWord("of");
        var clause = OpportunityFilter(null).Opportunity;
        clause.AmountSum = ReadSum();
        return new Filter { Opportunity = clause };
    }

    private AmountSum ReadSum()
    {
        var comparison = ReadComparison(FilterField.Amount);
        if (comparison.Operator is not (>= Operator.Equals and <= Operator.Between))
        {
            throw _tokens.Error(FilterErrorKind.Operator, "a sum cannot be compared so", FilterWords.Signs, "between");
        }

        return _places.Copy(comparison, new AmountSum { Operator = comparison.Operator, Values = { comparison.Values } });
    }

    private List<FieldClause> ReadOpportunityFields() => _tokens.Current.IsSymbol("(")
        ? ReadConditions("opportunity", () => ReadFieldClause(_catalog.OpportunityFields, "field of opportunities"))
        : [];

    private List<T> ReadConditions<T>(string thing, Func<T> read)
    {
        var conditions = new List<T>();
        var opening = _tokens.Current;
        _tokens.ExpectSymbol("(");

        do
        {
            conditions.Add(read());
        }
        while (_tokens.Accept("and") || _tokens.AcceptSymbol(","));

        if (_tokens.IsAhead("or"))
        {
            throw _tokens.Error($"the conditions on one {thing} are all joined by AND; write two clauses joined by OR instead", "AND", FilterWords.Closing);
        }

        RequireClosed(opening, "AND");
        return conditions;
    }

    // at least 2, at most 5, at least 2 and at most 5, exactly 3 - each followed by the thing that is counted
    private Quantity? ReadQuantity(Func<Token, bool> isThing)
    {
        var (quantity, start) = (new Quantity(), _tokens.Current.Position);
        if (_tokens.Accept("exactly"))
        {
            quantity.AtLeast = quantity.AtMost = Placed(quantity, "at_least", ReadCount);
            ExpectThing(isThing);
            return Placed(quantity, start);
        }

        if (_tokens.AcceptAll("at", "least"))
        {
            quantity.AtLeast = Placed(quantity, "at_least", ReadCount);
            _ = _tokens.IsAhead("and", "at", "most") && _tokens.Accept("and");
        }

        if (_tokens.AcceptAll("at", "most"))
        {
            quantity.AtMost = Placed(quantity, "at_most", ReadCount);
        }

        if (!quantity.HasAtLeast && !quantity.HasAtMost)
        {
            return null;
        }

        Placed(quantity, start);
        ExpectThing(isThing);
        return quantity;
    }

    private void ExpectThing(Func<Token, bool> isThing)
    {
        if (!isThing(_tokens.Current))
        {
            throw _tokens.Error($"{_tokens.Current} cannot stand here", isThing(new Token(TokenKind.Word, "times", 0, 0)) ? "times" : "opportunities");
        }
    }

    private int ReadCount()
    {
        var token = _tokens.Current;
        if (token.Kind != TokenKind.Literal || !int.TryParse(token.Value, System.Globalization.NumberStyles.None, null, out var count))
        {
            throw _tokens.Error(FilterErrorKind.Value, $"{token} is not a whole number", "a whole number");
        }

        _tokens.Skip(1);
        return count;
    }
}
