using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Text;

/// <summary>
/// Reads the text form of a filter. OR binds loosest, then AND, then NOT. Names are looked up while reading, so an unknown name is reported
/// with its position. The grammar is in the README of the segment service.
/// </summary>
public sealed partial class FilterParser
{
    private readonly TokenReader _tokens;
    private readonly FilterCatalog _catalog;
    private int _depth;

    private FilterParser(TokenReader tokens, FilterCatalog catalog) => (_tokens, _catalog) = (tokens, catalog);

    /// <summary>Reads a filter.</summary>
    /// <exception cref="FilterSyntaxException">The text is no filter.</exception>
    public static Filter Parse(string text, FilterCatalog catalog)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) > FilterLimits.FilterBytes)
        {
            throw new FilterSyntaxException("", 0, $"the text is longer than {FilterLimits.FilterBytes} bytes") { IsTooLarge = true };
        }

        if (!FilterValues.IsText(text))
        {
            throw new FilterSyntaxException("", 0, "the text holds NUL characters or lone surrogates");
        }

        var parser = new FilterParser(new TokenReader(text), catalog);
        var filter = parser.Or();
        parser._tokens.ExpectEnd("AND", "OR");
        return filter;
    }

    private Filter Or()
    {
        var members = new List<Filter> { And() };
        while (_tokens.Accept("or"))
        {
            members.Add(And());
        }

        return members.Count == 1 ? members[0] : new Filter { AnyOf = new FilterGroup { Filters = { members } } };
    }

    private Filter And()
    {
        var members = new List<Filter> { Unary() };
        while (_tokens.Accept("and"))
        {
            members.Add(Unary());
        }

        return members.Count == 1 ? members[0] : new Filter { AllOf = new FilterGroup { Filters = { members } } };
    }

    private Filter Unary()
    {
        if (_tokens.Accept("not"))
        {
            return Nested(() => new Filter { Negated = Unary() });
        }

        if (!_tokens.AcceptSymbol("("))
        {
            return Clause();
        }

        if (_tokens.Current.IsSymbol(")"))
        {
            throw _tokens.Error("a group must not be empty", "a condition");
        }

        var group = Nested(Or);
        _tokens.ExpectSymbol(")", "AND", "OR", ")");
        return group;
    }

    // Every level of nesting is a level of recursion, so the stack is bounded with the depth.
    private Filter Nested(Func<Filter> read)
    {
        if (++_depth > FilterLimits.Depth)
        {
            throw _tokens.TooLarge($"more than {FilterLimits.Depth} levels of brackets and NOT");
        }

        var filter = read();
        _depth--;
        return filter;
    }

    private Filter Clause()
    {
        if (IsComparisonAhead())
        {
            return FieldFilter();
        }

        return ReadKeywordClause() ?? FieldFilter();
    }

    // `status = 1` is about a field, whatever its name.
    private bool IsComparisonAhead() =>
        _tokens.Current.Kind is TokenKind.Word && _tokens.Peek(1) is { Kind: TokenKind.Symbol, Value: "=" or "!=" or "<" or "<=" or ">" or ">=" };

    private Filter? ReadKeywordClause() => _tokens.Current.Kind != TokenKind.Word ? null : _tokens.Current.Value.ToLowerInvariant() switch
    {
        "everyone" => Everyone(1),
        "all" when _tokens.Peek(1).IsWord("contacts") => Everyone(2),
        "has" or "have" => Has(),
        "no" => No(),
        "does" when _tokens.Peek(1).IsWord("not") => DoesNot(),
        "tag" => TagAdded(),
        "opportunity" or "opportunities" or "deal" or "deals" => OpportunityFilter(null),
        "sum" => Sum(),
        "in" => InSegment(),
        "subscribed" or "unsubscribed" or "suppressed" => ConsentOrUnsubscribing(),
        "never" => Never(),
        "did" => Did(),
        _ when IsActivityAhead() => ActivityFilter(null),
        _ => null,
    };

    private Filter Everyone(int words)
    {
        _tokens.Skip(words);
        return new Filter { Everyone = new EveryoneClause() };
    }

    private Filter InSegment()
    {
        _tokens.ExpectWord("in");
        _tokens.ExpectWord("segment");
        return new Filter { Segment = new SegmentClause { SegmentId = ReadReference("segment", _catalog.Segments, id => id) } };
    }

    // A name in quotes, in brackets or as a plain word, or the id: `#17`.
    private TId ReadReference<TId>(string resource, NameIndex<TId> index, Func<string, TId?> parseId)
        where TId : notnull
    {
        var token = _tokens.Current;
        if (token.Kind == TokenKind.Id && parseId(token.Value) is { } id && !id.Equals(default(TId)))
        {
            _tokens.Skip(1);
            return id;
        }

        if (token.Kind is not (TokenKind.Text or TokenKind.Bracketed or TokenKind.Word))
        {
            throw _tokens.Error($"{token} is not a {resource}", $"the name of a {resource} in double quotes");
        }

        var item = index.ByName(token.Value) ?? index.ByName(StoredName.Of(token.Value)) ?? throw _tokens.Unknown(resource, token.Value, index.Names);
        _tokens.Skip(1);
        return item.Id;
    }

    private static int ParseIntId(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : 0;
}
