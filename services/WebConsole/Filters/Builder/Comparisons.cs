using Crm.Contacts.V1;
using Crm.Segments.V1;
using static Crm.Segments.V1.FieldClause.Types;

namespace TagSegments.WebConsole.Filters.Builder;

/// <summary>Which comparisons suit which type of field, and how many values each takes.</summary>
public static class Comparisons
{
    private static readonly Operator[] s_equal = [Operator.Equals, Operator.NotEquals];
    private static readonly Operator[] s_order = [Operator.Less, Operator.LessOrEqual, Operator.Greater, Operator.GreaterOrEqual, Operator.Between];
    private static readonly Operator[] s_list = [Operator.In, Operator.NotIn];
    private static readonly Operator[] s_text = [Operator.Contains, Operator.NotContains, Operator.StartsWith, Operator.EndsWith];
    private static readonly Operator[] s_empty = [Operator.IsEmpty, Operator.IsNotEmpty];

    /// <summary>The built-in attributes of a contact, by which clauses about contacts compare.</summary>
    public static readonly IReadOnlyList<string> ContactAttributes =
        ["email", "first_name", "last_name", "phone", "language", "time_zone", "external_id", "created", "updated", "do_not_disturb", "contact_id"];

    /// <summary>The built-in attributes of an opportunity.</summary>
    public static readonly IReadOnlyList<string> OpportunityAttributes = ["stage", "pipeline", "status", "name", "amount", "opened", "closed", "stage_since"];

    /// <summary>Lists the comparisons of a type.</summary>
    public static IReadOnlyList<Operator> Of(Field.Types.Type type) => type switch
    {
        Field.Types.Type.Number => [.. s_equal, .. s_order, .. s_list, .. s_empty],
        Field.Types.Type.Date => [.. s_equal, .. s_order, .. s_list, Operator.InWindow, Operator.Anniversary, .. s_empty],
        Field.Types.Type.DateTime => [.. s_equal, .. s_order, Operator.InWindow, Operator.Anniversary, .. s_empty],
        Field.Types.Type.Boolean => [.. s_equal, .. s_empty],
        Field.Types.Type.SingleChoice => [.. s_equal, .. s_list, .. s_empty],
        Field.Types.Type.MultipleChoice => [Operator.HasAny, Operator.HasAll, Operator.HasNone, .. s_empty],
        Field.Types.Type.YearlyDay => [.. s_equal, Operator.Anniversary, .. s_empty],
        _ => [.. s_equal, .. s_list, .. s_text, .. s_empty],
    };

    /// <summary>Gets the type of a built-in attribute.</summary>
    public static Field.Types.Type TypeOf(string attribute) => attribute switch
    {
        "created" or "updated" or "stage_since" => Field.Types.Type.DateTime,
        "opened" or "closed" => Field.Types.Type.Date,
        "contact_id" or "amount" => Field.Types.Type.Number,
        "do_not_disturb" => Field.Types.Type.Boolean,
        _ => Field.Types.Type.Text,
    };

    /// <summary>Gets how many values a comparison takes: none, one, two, or any number (null).</summary>
    public static int? Values(Operator comparison) => comparison switch
    {
        Operator.IsEmpty or Operator.IsNotEmpty or Operator.InWindow or Operator.Anniversary => 0,
        Operator.Between => 2,
        Operator.In or Operator.NotIn or Operator.HasAny or Operator.HasAll or Operator.HasNone => null,
        _ => 1,
    };

    /// <summary>Gives a clause another comparison, and the values or the window that suit it.</summary>
    public static void Compare(FieldClause clause, Operator comparison)
    {
        clause.Operator = comparison;
        clause.Window = comparison switch
        {
            Operator.InWindow => clause.Window ?? new() { Last = new() { Count = 30, Unit = TimeUnit.Day } },
            Operator.Anniversary => new() { Calendar = new() { Unit = TimeUnit.Day, Count = 1 } },
            _ => null,
        };
        if (Values(comparison) is { } wanted)
        {
            while (clause.Values.Count > wanted)
                clause.Values.RemoveAt(wanted);
            while (clause.Values.Count < wanted)
                clause.Values.Add("");
        }
    }
}
