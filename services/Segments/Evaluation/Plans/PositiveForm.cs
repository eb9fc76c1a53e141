using Crm.Segments.V1;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Evaluation.Plans;

/// <summary>
/// Expresses a clause by positive ones, as the compiler defines the others: "is not X" is NOT "is X", at most n times is NOT at least n + 1
/// times. Both share the known answers, and PostgreSQL lists the smaller part.
/// </summary>
internal static class PositiveForm
{
    /// <summary>Gives the clause itself if it is positive already.</summary>
    public static Filter Of(Filter clause) => clause.KindCase switch
    {
        Filter.KindOneofCase.Field => Field(clause),
        Filter.KindOneofCase.Activity => Counted(clause.Activity.Quantity, quantity =>
            new Filter { Activity = new ActivityClause(clause.Activity) { Quantity = quantity } }),
        Filter.KindOneofCase.Opportunity when clause.Opportunity.AmountSum is null => Counted(clause.Opportunity.Quantity, quantity =>
            new Filter { Opportunity = new OpportunityClause(clause.Opportunity) { Quantity = quantity } }),
        _ => clause,
    };

    private static Filter Field(Filter clause)
    {
        var positive = clause.Field.Operator switch
        {
            Operator.NotEquals => Operator.Equals,
            Operator.NotIn => Operator.In,
            Operator.NotContains => Operator.Contains,
            Operator.HasNone => Operator.HasAny,
            Operator.IsNotEmpty => Operator.IsEmpty,
            _ => Operator.Unspecified,
        };
        return positive == Operator.Unspecified || clause.Field.AndIsSet
            ? clause
            : new Filter { Negated = new Filter { Field = new FieldClause(clause.Field) { Operator = positive } } };
    }

    private static Filter Counted(Quantity? quantity, Func<Quantity?, Filter> clause)
    {
        var atLeast = quantity is null ? 1 : quantity.HasAtLeast ? quantity.AtLeast : 0;
        var most = quantity is { HasAtMost: true, AtMost: < int.MaxValue } ? AtLeast(quantity.AtMost + 1) : null;
        var least = atLeast > 0 || most is null ? AtLeast(atLeast) : null;
        return least is null ? new Filter { Negated = most }
            : most is null ? least
            : new Filter { AllOf = new FilterGroup { Filters = { least, new Filter { Negated = most } } } };

        Filter AtLeast(int n) => n <= 0 ? new Filter { Everyone = new EveryoneClause() } : clause(n == 1 ? null : new Quantity { AtLeast = n });
    }
}
