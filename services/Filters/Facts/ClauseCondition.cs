using Crm.Segments.V1;

namespace TagSegments.Filters.Facts;

/// <summary>A comparison of a field, of contacts or of opportunities.</summary>
public sealed record ClauseCondition(FieldClause Clause, bool OfOpportunity);

/// <summary>A window that a clause asks about: its own, with a label, or that of a condition.</summary>
public sealed record ClauseWindow(TimeWindow Window, string Label, ClauseCondition? Condition = null);
