using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private Filter FieldFilter() => new() { Field = ReadFieldClause(_catalog.ContactFields, "field") };

    private FieldClause ReadFieldClause(FieldIndex fields, string resource)
    {
        var start = _tokens.Current.Position;
        var isAnniversary = _tokens.AcceptAll("anniversary", "of");
        var (fieldStart, field, fieldEnd) = (_tokens.Current.Position, ReadField(fields, resource), _tokens.LastEnd);
        if (isAnniversary)
        {
            _tokens.ExpectWord("is");
        }

        var clause = ReadOptions(isAnniversary ? Compared(ReadAnniversary) : ReadComparison(field));
        clause.Field = field.ToRef();
        _places.Add(clause, "field", fieldStart, fieldEnd);
        return Placed(clause, start);
    }

    private FieldClause ReadOptions(FieldClause clause)
    {
        clause.IgnoreCase = Placed(clause, "ignore_case", () => _tokens.AcceptAll("ignoring", "case"));
        clause.AndIsSet = Placed(clause, "and_is_set", () => _tokens.AcceptAll("and", "is", "set"));
        return clause;
    }

    private FilterField ReadField(FieldIndex fields, string resource)
    {
        var token = _tokens.Current;
        var field = token.Kind switch
        {
            TokenKind.Word or TokenKind.Bracketed => fields.ByName(token.Value) ?? fields.ByName(StoredName.Of(token.Value))
                ?? throw SeveralWords(name => fields.ByName(StoredName.Of(name)) is not null, name => $"[{name}]") ?? _tokens.Unknown(resource, token.Value, fields.Names.Concat(token.Kind == TokenKind.Word ? s_clauseStarts : [])),
            TokenKind.Id when ParseIntId(token.Value) is > 0 and var id => fields.Find(new FieldRef { FieldId = id })
                ?? new FilterField(token.Value, FieldType.Unspecified, id),
            _ => throw _tokens.Error($"{token} cannot stand here", "a condition"),
        };
        _tokens.Skip(1);
        return field;
    }

    private FieldClause ReadComparison(FilterField field) => Compared(() => ReadComparisonOf(field));

    // Reads a comparison and notes where its operator and its values stand: the operator ends where the first value begins.
    private FieldClause Compared(Func<FieldClause> read)
    {
        var (start, before) = (_tokens.Current.Position, _values.Count);
        var clause = Placed(read(), start);
        _places.Add(clause, "operator", start, _values.Count > before ? _values[before].Start : _tokens.LastEnd);
        foreach (var (from, end) in _values.Skip(before))
        {
            _places.Add(clause, "values", from, end);
        }

        _values.RemoveRange(before, _values.Count - before);
        return clause;
    }

    private FieldClause ReadComparisonOf(FilterField field)
    {
        if (_tokens.Current.Kind == TokenKind.Symbol && s_signs.TryGetValue(_tokens.Current.Value, out var sign))
        {
            _tokens.Skip(1);
            return ReadCompared(field, sign);
        }

        if (_tokens.AcceptAny("equals"))
        {
            return ReadCompared(field, Operator.Equals);
        }

        if (_tokens.Accept("between"))
        {
            return ReadBetween(field);
        }

        if (_tokens.Accept("is"))
        {
            return ReadIs(field);
        }

        return ReadListComparison(field) ?? ReadTextComparison(field) ?? ReadFieldWindow();
    }

    private FieldClause ReadCompared(FilterField field, Operator sign)
    {
        if (_tokens.Current.IsWord("null") && sign is (Operator.Equals or Operator.NotEquals))
        {
            _tokens.Skip(1);
            return new FieldClause { Operator = sign == Operator.Equals ? Operator.IsEmpty : Operator.IsNotEmpty };
        }

        var value = ReadValue(field, isName: sign is Operator.Equals or Operator.NotEquals);
        return field.Type == FieldType.DateTime && FilterValues.TryDate(value, out var day)
            ? ReadDayCompared(sign, value, day)
            : new FieldClause { Operator = sign, Values = { value } };
    }

    // A day compared with an instant means the whole day in the account's zone.
    private FieldClause ReadDayCompared(Operator sign, string value, NodaTime.LocalDate day)
    {
        var next = new Lazy<string>(() => NodaTime.Text.LocalDatePattern.Iso.Format(NextDay(day)));
        var window = sign switch
        {
            Operator.Equals => new FixedWindow { From = value, Until = next.Value },
            Operator.Less => new FixedWindow { Until = value },
            Operator.LessOrEqual => new FixedWindow { Until = next.Value },
            Operator.Greater => new FixedWindow { From = next.Value },
            Operator.GreaterOrEqual => new FixedWindow { From = value },
            _ => throw _tokens.Error(FilterErrorKind.Operator, "a day cannot be compared so", $"NOT (... on {value})"),
        };
        return new FieldClause { Operator = Operator.InWindow, Window = new TimeWindow { Fixed = window } };
    }

    private FieldClause ReadBetween(FilterField field)
    {
        var from = ReadValue(field, isName: false);
        _tokens.ExpectWord("and");
        var to = ReadValue(field, isName: false);
        if (field.Type != FieldType.DateTime || !FilterValues.TryDate(from, out _) || !FilterValues.TryDate(to, out var last))
        {
            return new FieldClause { Operator = Operator.Between, Values = { from, to } };
        }

        var window = new FixedWindow { From = from, Until = NodaTime.Text.LocalDatePattern.Iso.Format(NextDay(last)) };
        return new FieldClause { Operator = Operator.InWindow, Window = new TimeWindow { Fixed = window } };
    }

    private FieldClause ReadIs(FilterField field)
    {
        var negative = _tokens.Accept("not");
        if (_tokens.AcceptAny("empty", "unknown", "null"))
        {
            return new FieldClause { Operator = negative ? Operator.IsNotEmpty : Operator.IsEmpty };
        }

        if (_tokens.AcceptAny("set", "known"))
        {
            return new FieldClause { Operator = negative ? Operator.IsEmpty : Operator.IsNotEmpty };
        }

        if (_tokens.AcceptAll("one", "of") || (_tokens.IsAhead("in") && _tokens.Peek(1).IsSymbol("(") && _tokens.Accept("in")))
        {
            return ReadValues(field, negative ? Operator.NotIn : Operator.In);
        }

        if (!negative && _tokens.AcceptAll("at", "least"))
        {
            return ReadCompared(field, Operator.GreaterOrEqual);
        }

        if (!negative && _tokens.AcceptAll("at", "most"))
        {
            return ReadCompared(field, Operator.LessOrEqual);
        }

        return !negative && field.Type is FieldType.Date or FieldType.DateTime or FieldType.YearlyDay && IsWindowAhead()
            ? ReadAnniversary()
            : ReadCompared(field, negative ? Operator.NotEquals : Operator.Equals);
    }

    private FieldClause? ReadListComparison(FilterField field)
    {
        if (_tokens.IsAhead("in") && _tokens.Peek(1).IsSymbol("("))
        {
            _tokens.Skip(1);
            return ReadValues(field, Operator.In);
        }

        if (_tokens.AcceptAll("not", "in"))
        {
            return ReadValues(field, Operator.NotIn);
        }

        if (!_tokens.Accept("has"))
        {
            return null;
        }

        var choice = _tokens.Accept("all") ? Operator.HasAll : _tokens.AcceptAny("none", "no") ? Operator.HasNone : Operator.HasAny;
        _ = _tokens.Accept("any");
        _ = _tokens.Accept("of");
        return ReadValues(field, choice);
    }

    private FieldClause? ReadTextComparison(FilterField field)
    {
        Operator? comparison =
            _tokens.AcceptAny("contains") ? Operator.Contains
            : _tokens.AcceptAll("does", "not", "contain") || _tokens.AcceptAll("not", "contains") ? Operator.NotContains
            : _tokens.AcceptAll("starts", "with") || _tokens.AcceptAll("begins", "with") ? Operator.StartsWith
            : _tokens.AcceptAll("ends", "with") ? Operator.EndsWith
            : null;
        return comparison is { } found ? new FieldClause { Operator = found, Values = { ReadValue(field, isName: false) } } : null;
    }

    private FieldClause ReadFieldWindow() =>
        IsWindowAhead()
            ? new FieldClause { Operator = Operator.InWindow, Window = ReadWindow() }
            : throw _tokens.Error($"{_tokens.Current} is not a comparison", [FilterWords.Signs, .. s_comparisons]);

    private FieldClause ReadAnniversary() => new()
    {
        Operator = Operator.Anniversary,
        Window = ReadWindow(),
        LeapDayOnMarchFirst = _tokens.AcceptAll("with", "leap", "day", "on", "march", "first"),
    };
}
