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
    private readonly FilterPlaces _places;
    private int _depth;

    private FilterParser(string text, FilterCatalog catalog) => (_tokens, _catalog, _places) = (new TokenReader(text), catalog, new FilterPlaces(text));

    /// <summary>Reads a filter.</summary>
    /// <exception cref="FilterSyntaxException">The text is no filter.</exception>
    public static Filter Parse(string text, FilterCatalog catalog) => Read(text, catalog).Filter;

    /// <summary>Reads a filter and notes where its parts stand.</summary>
    /// <exception cref="FilterSyntaxException">The text is no filter.</exception>
    public static ParsedFilter Read(string text, FilterCatalog catalog)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) > FilterLimits.FilterBytes)
        {
            throw new FilterSyntaxException("", 0, $"the text is longer than {FilterLimits.FilterBytes} bytes")
            {
                IsTooLarge = true,
                Expected = ["a shorter text"],
            };
        }

        if (!FilterValues.IsText(text))
        {
            throw new FilterSyntaxException("", 0, "the text holds NUL characters or lone surrogates")
            {
                Expected = ["a text in Unicode"],
            };
        }

        var parser = new FilterParser(text, catalog);
        return new ParsedFilter(parser.Whole(), parser._places);
    }

    private Filter Whole()
    {
        if (_tokens.Current.Kind == TokenKind.End)
        {
            throw _tokens.Error(FilterErrorKind.Empty, "the filter is empty; for all contacts, say everyone", "a condition", "everyone");
        }

        var filter = Or();
        if (_tokens.Current.IsSymbol(")"))
        {
            throw _tokens.Error(FilterErrorKind.Brackets, "this bracket closes none", "AND", "OR", "the end of the text");
        }

        _tokens.ExpectEnd("AND", "OR");
        return filter;
    }

    private Filter Or()
    {
        var start = _tokens.Current.Position;
        var members = new List<Filter> { And() };
        while (_tokens.Accept("or"))
        {
            members.Add(And());
        }

        return members.Count == 1 ? members[0] : Placed(new Filter { AnyOf = new FilterGroup { Filters = { members } } }, start);
    }

    private Filter And()
    {
        var start = _tokens.Current.Position;
        var members = new List<Filter> { Unary() };
        while (_tokens.Accept("and"))
        {
            members.Add(Unary());
        }

        return members.Count == 1 ? members[0] : Placed(new Filter { AllOf = new FilterGroup { Filters = { members } } }, start);
    }

    private Filter Unary()
    {
        var opening = _tokens.Current;
        if (_tokens.Accept("not"))
        {
            return Placed(Nested(() => new Filter { Negated = Unary() }), opening.Position);
        }

        if (!_tokens.AcceptSymbol("("))
        {
            return Placed(Clause(), opening.Position);
        }

        if (_tokens.Current.IsSymbol(")"))
        {
            throw _tokens.Error(FilterErrorKind.Empty, "a group must not be empty; for all contacts, say everyone", "a condition", "everyone");
        }

        var group = Nested(Or);
        RequireClosed(opening, "AND", "OR");
        return group;
    }

    private void RequireClosed(Token opening, params string[] expected)
    {
        if (_tokens.Current.Kind == TokenKind.End)
        {
            throw _tokens.Error(FilterErrorKind.Brackets, $"the bracket at column {_tokens.ColumnOf(opening)} is not closed", [.. expected, FilterWords.Closing]);
        }

        _tokens.ExpectSymbol(")", [.. expected, FilterWords.Closing]);
    }

    private T Placed<T>(T part, int start)
        where T : Google.Protobuf.IMessage => _places.Add(part, start, _tokens.LastEnd);

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
        var clause = new SegmentClause();
        clause.SegmentId = Placed(clause, "segment_id", () => ReadReference("segment", _catalog.Segments, id => id));
        return new Filter { Segment = clause };
    }

    // Reads the next value of a field of a message and notes where it stands.
    private T Placed<T>(Google.Protobuf.IMessage part, string field, Func<T> read)
    {
        var start = _tokens.Current.Position;
        var value = read();
        _places.Add(part, field, start, _tokens.LastEnd);
        return value;
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

        var item = index.ByName(token.Value) ?? index.ByName(StoredName.Of(token.Value)) ?? index.ByName(StoredName.OfTag(token.Value))
            ?? throw SeveralWords(name => index.ByName(StoredName.Of(name)) is not null, name => $"\"{name}\"") ?? _tokens.Unknown(resource, token.Value, index.Names);
        _tokens.Skip(1);
        return item.Id;
    }

    private static int ParseIntId(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : 0;
}
