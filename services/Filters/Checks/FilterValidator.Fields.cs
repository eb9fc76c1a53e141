using System.Globalization;
using System.Text;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Checks;

public sealed partial class FilterValidator
{
    private void CheckField(FieldClause clause, string path, bool ofOpportunity)
    {
        CheckEnum(clause.Operator, $"{path}.operator");
        CheckOptions(clause, path);
        if (FieldOf(clause.Field, $"{path}.field", ofOpportunity) is not { } field || !Enum.IsDefined(clause.Operator) || clause.Operator == 0)
        {
            return;
        }

        if (!OperatorRules.Allows(field.Type, clause.Operator))
        {
            _problems.Add(
                $"{path}.operator", $"does not apply to {field.Name}, which is of type {OperatorRules.TypeName(field.Type)}", OperatorRules.Words(field.Type));
            return;
        }

        CheckOperands(clause.Values, clause.Operator, field, clause.IgnoreCase, $"{path}.values");
    }

    private void CheckOptions(FieldClause clause, string path)
    {
        var asksWindow = clause.Operator is Operator.InWindow or Operator.Anniversary;
        if (asksWindow)
        {
            CheckWindow(clause.Window, $"{path}.window");
        }

        _problems.Require(asksWindow || clause.Window is null, $"{path}.window", "does not apply to this operator");
        _problems.Require(!clause.AndIsSet || OperatorRules.IsNegative(clause.Operator), $"{path}.and_is_set", "applies to negative comparisons only", OperatorRules.NegativeWords);
        _problems.Require(!clause.IgnoreCase || OperatorRules.HasTextOperands(clause.Operator), $"{path}.ignore_case", "does not apply to this comparison", "a comparison of texts before it");
        var isAnniversary = clause.Operator == Operator.Anniversary;
        _problems.Require(isAnniversary || !clause.LeapDayOnMarchFirst, $"{path}.leap_day_on_march_first", "applies to anniversaries only");
        _problems.Require(!isAnniversary || IsCalendarDays(clause.Window), $"{path}.window", "must be calendar days for an anniversary", "today", "this week", "in next 7 full days", "on 2026-11-23");
    }

    private static bool IsCalendarDays(TimeWindow? window) => window?.KindCase switch
    {
        TimeWindow.KindOneofCase.Fixed => FilterValues.TryDate(window.Fixed.From, out _) && FilterValues.TryDate(window.Fixed.Until, out _),
        var kind => kind is null or TimeWindow.KindOneofCase.None or TimeWindow.KindOneofCase.Calendar,
    };

    private FilterField? FieldOf(FieldRef? reference, string path, bool ofOpportunity)
    {
        var fields = ofOpportunity ? _catalog.OpportunityFields : _catalog.ContactFields;
        switch (reference?.RefCase)
        {
            case FieldRef.RefOneofCase.Attribute when fields.Find(reference) is { } attribute:
                return attribute;
            case FieldRef.RefOneofCase.Attribute:
                _problems.Add($"{path}.attribute", $"is not an attribute{MessageText.Hint(Suggestions.For(reference.Attribute, fields.Names))}");
                return null;
            case FieldRef.RefOneofCase.FieldId when fields.Find(reference) is { IsDeleted: false } field:
                return field;
            case FieldRef.RefOneofCase.FieldId:
                _problems.AddMissing("field", reference.FieldId.ToString(CultureInfo.InvariantCulture), $"{path}.field_id");
                return null;
            default:
                _problems.Add(path, "must be set");
                return null;
        }
    }

    private void CheckOperands(IReadOnlyList<string> values, Operator comparison, FilterField field, bool ignoreCase, string path)
    {
        var (least, most) = OperatorRules.OperandCount(comparison);
        if (!CheckCount(values.Count, path)
            || !_problems.Require(values.Count >= least && values.Count <= most, path, OperandCountText(least, most)))
        {
            return;
        }

        var before = _problems.Violations.Count;
        for (var i = 0; i < values.Count && _problems.Violations.Count < MostViolations; i++)
        {
            CheckOperand(values[i], comparison, field, ignoreCase, $"{path}[{i}]");
        }

        if (comparison == Operator.Between && _problems.Violations.Count == before)
        {
            _problems.Require(!OperatorRules.IsGreater(field.Type, values[0], values[1]), $"{path}[1]", "must not be less than the first value", "the smaller value first");
        }
    }

    private static string OperandCountText(int least, int most) => (least, most) switch
    {
        (0, 0) => "must be empty for this operator",
        (1, 1) => "must hold exactly one value",
        (2, 2) => "must hold exactly two values",
        _ => "must not be empty",
    };

    private bool CheckCount(int count, string path)
    {
        if (count <= FilterLimits.Operands)
        {
            return true;
        }

        _problems.AddTooLarge(path, $"must not hold more than {FilterLimits.Operands:N0} values");
        return false;
    }

    private void CheckOperand(string value, Operator comparison, FilterField field, bool ignoreCase, string path)
    {
        if (!CheckText(value, path))
        {
            return;
        }

        var problem = field.Type switch
        {
            FieldType.Number when !FilterValues.TryNumber(value, out _) => $"must be a plain decimal of at most {FilterLimits.DecimalDigits} digits, such as 12.5",
            FieldType.Date when !FilterValues.TryDate(value, out _) => "must be a day from 0001-01-01 to 9999-12-31",
            FieldType.YearlyDay when !FilterValues.TryYearlyDay(value, out _) => "must be a day of the year such as --04-17",
            FieldType.DateTime when !FilterValues.TryInstant(value, out _) => "must be a time such as 2026-11-23T10:00:00Z, from 0001-01-02 to 9999-12-30",
            FieldType.Boolean when !FilterValues.TryBoolean(value, out _) => "must be true or false",
            FieldType.Text or FieldType.SingleChoice or FieldType.MultipleChoice => TextProblem(value, comparison),
            _ => null,
        };
        if (_problems.Require(problem is null, path, problem ?? "") && OperatorRules.NamesValues(comparison))
        {
            CheckKnown(value, field, ignoreCase, path);
        }
    }

    private HashSet<string> Set(IReadOnlyList<string> known, bool folded)
    {
        if (!_known.TryGetValue((known, folded), out var set))
        {
            _known[(known, folded)] = set = [.. folded ? known.Select(CaseFolding.Fold) : known];
        }

        return set;
    }

    private static string? TextProblem(string value, Operator comparison) =>
        value.Length == 0 ? "must not be empty; use is empty to ask for that"
        : FilterValues.IsBlank(value) && OperatorRules.NamesValues(comparison) ? "must not be white space only; use is empty to ask for that"
        : null;

    private void CheckKnown(string value, FilterField field, bool ignoreCase, string path)
    {
        if (_catalog.KnownValues(field) is not { } known
            || Set(known, folded: false).Contains(value)
            || (ignoreCase && Set(known, folded: true).Contains(CaseFolding.Fold(value))))
        {
            return;
        }

        // A filter can name thousands that do not exist.
        var meant = _suggested++ < MostViolations ? Suggestions.For(value, known) : [];
        if (field.Type == FieldType.Text)
        {
            _problems.AddMissing(field.Name, value, path, meant);
            return;
        }

        _problems.Add(path, $"is not a choice of {field.Name}{MessageText.Hint(meant)}", [.. known.Take(MostViolations).Select(choice => $"\"{choice}\"")]);
    }

    private bool CheckText(string text, string path) =>
        _problems.Require(
            FilterValues.IsStorable(text),
            path,
            Encoding.UTF8.GetByteCount(text) > FilterLimits.TextBytes
                ? $"must not be longer than {FilterLimits.TextBytes:N0} bytes"
                : "must not hold NUL characters or lone surrogates");
}
