using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Checks;

/// <summary>Which operators apply to which types, and what operands they take.</summary>
public static class OperatorRules
{
    private static readonly (Operator Comparison, string Word)[] s_words =
    [
        (Operator.Equals, "= (equals)"), (Operator.NotEquals, "!= (is not)"), (Operator.Less, "< (less)"), (Operator.LessOrEqual, "<= (at most)"),
        (Operator.Greater, "> (more)"), (Operator.GreaterOrEqual, ">= (at least)"), (Operator.Between, "between ... and ..."), (Operator.In, "in (...)"),
        (Operator.NotIn, "not in (...)"), (Operator.Contains, "contains"), (Operator.NotContains, "does not contain"), (Operator.StartsWith, "starts with"),
        (Operator.EndsWith, "ends with"), (Operator.HasAny, "has any of (...)"), (Operator.HasAll, "has all of (...)"), (Operator.HasNone, "has none of (...)"),
        (Operator.IsEmpty, "is empty"), (Operator.IsNotEmpty, "is not empty"), (Operator.InWindow, "in last 7 days"),
    ];

    /// <summary>Whether an operator applies to fields of a type.</summary>
    public static bool Allows(FieldType type, Operator comparison) => comparison switch
    {
        Operator.IsEmpty or Operator.IsNotEmpty => true,
        Operator.Equals or Operator.NotEquals => type != FieldType.MultipleChoice,
        Operator.In or Operator.NotIn => type is FieldType.Text or FieldType.Number or FieldType.Date or FieldType.YearlyDay or FieldType.SingleChoice,
        Operator.Contains or Operator.NotContains or Operator.StartsWith or Operator.EndsWith => type == FieldType.Text,
        Operator.HasAny or Operator.HasAll or Operator.HasNone => type == FieldType.MultipleChoice,
        Operator.InWindow => type is FieldType.Date or FieldType.DateTime,
        Operator.Anniversary => type is FieldType.Date or FieldType.DateTime or FieldType.YearlyDay,
        _ => type is FieldType.Number or FieldType.Date or FieldType.DateTime,
    };

    /// <summary>Whether the operator holds where the positive one does not.</summary>
    public static bool IsNegative(Operator comparison) =>
        comparison is Operator.NotEquals or Operator.NotIn or Operator.NotContains or Operator.HasNone;

    /// <summary>Whether the operands are whole values, not parts of them.</summary>
    public static bool NamesValues(Operator comparison) =>
        comparison is Operator.Equals or Operator.NotEquals or Operator.In or Operator.NotIn or Operator.HasAny or Operator.HasAll or Operator.HasNone;

    /// <summary>Whether the operator can compare texts and so ignore case.</summary>
    public static bool HasTextOperands(Operator comparison) =>
        NamesValues(comparison) || comparison is Operator.Contains or Operator.NotContains or Operator.StartsWith or Operator.EndsWith;

    /// <summary>The least and the greatest number of operands.</summary>
    public static (int Least, int Most) OperandCount(Operator comparison) => comparison switch
    {
        Operator.IsEmpty or Operator.IsNotEmpty or Operator.InWindow or Operator.Anniversary => (0, 0),
        Operator.Between => (2, 2),
        Operator.In or Operator.NotIn or Operator.HasAny or Operator.HasAll or Operator.HasNone => (1, FilterLimits.Operands),
        _ => (1, 1),
    };

    /// <summary>Whether the first of two valid operands is greater than the second.</summary>
    public static bool IsGreater(FieldType type, string first, string second) => type switch
    {
        FieldType.Number => FilterValues.TryNumber(first, out var a) && FilterValues.TryNumber(second, out var b) && a > b,
        FieldType.Date => string.CompareOrdinal(first, second) > 0,
        FieldType.DateTime => FilterValues.TryInstant(first, out var a) && FilterValues.TryInstant(second, out var b) && a > b,
        _ => false,
    };

    /// <summary>The negative comparisons, in the words of the text form.</summary>
    public static IReadOnlyList<string> NegativeWords { get; } = [.. s_words.Where(word => IsNegative(word.Comparison)).Select(word => word.Word)];

    /// <summary>The comparisons that apply to a type, in the words of the text form.</summary>
    public static IReadOnlyList<string> Words(FieldType type) => [.. s_words.Where(word => Allows(type, word.Comparison)).Select(word => word.Word)];

    /// <summary>The name of a type in messages.</summary>
    public static string TypeName(FieldType type) => type switch
    {
        FieldType.DateTime => "date-time",
        FieldType.YearlyDay => "yearly day",
        FieldType.SingleChoice => "single choice",
        FieldType.MultipleChoice => "multiple choice",
        _ => type.ToString().ToLowerInvariant(),
    };
}
