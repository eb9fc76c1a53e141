using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private static bool IsOpportunityWord(Token token) =>
        token.IsWord("opportunity") || token.IsWord("opportunities") || token.IsWord("deal") || token.IsWord("deals");

    private Filter OpportunityFilter(Quantity? quantity)
    {
        if (!IsOpportunityWord(_tokens.Current))
        {
            throw _tokens.Error($"{_tokens.Current} cannot stand here", "opportunity", "opportunities", "tag");
        }

        _tokens.Skip(1);
        return new Filter { Opportunity = new OpportunityClause { Quantity = quantity, Conditions = { ReadConditions() } } };
    }

    // sum of amount of opportunities (...) >= 40000
    private Filter SumOfAmounts()
    {
        _tokens.Skip(1);
        _tokens.ExpectWord("of");
        _tokens.ExpectWord("amount", "amounts");
        _tokens.ExpectWord("of");
        var clause = OpportunityFilter(null).Opportunity;
        var amount = FilterField.Amount;
        var comparison = ReadComparison(amount);
        if (comparison.Operator is not (>= Operator.Equals and <= Operator.Between))
        {
            throw _tokens.Error("a sum cannot be compared so", "=", "!=", "<", "<=", ">", ">=", "between");
        }

        clause.AmountSum = new AmountSum { Operator = comparison.Operator, Values = { comparison.Values } };
        return new Filter { Opportunity = clause };
    }

    private List<FieldClause> ReadConditions()
    {
        var conditions = new List<FieldClause>();
        if (!_tokens.AcceptSymbol("("))
        {
            return conditions;
        }

        do
        {
            conditions.Add(ReadFieldClause(_catalog.OpportunityFields, "field of opportunities"));
        }
        while (_tokens.Accept("and") || _tokens.AcceptSymbol(","));

        if (_tokens.IsAhead("or"))
        {
            throw _tokens.Error("the conditions on one opportunity are all joined by AND; write two clauses joined by OR instead", "AND", ")");
        }

        _tokens.ExpectSymbol(")", "AND", ")");
        return conditions;
    }
}
