using Crm.Segments.V1;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private Filter Has()
    {
        _tokens.Skip(1);
        if (_tokens.AcceptAny("not", "never"))
        {
            return IsTagAhead() ? Tags(Match.None) : ActivityFilter(new Quantity { AtMost = 0 });
        }

        if (_tokens.IsAhead("no") && !IsTagWord(_tokens.Peek(1)))
        {
            _tokens.Skip(1);
            return OpportunityFilter(new Quantity { AtMost = 0 });
        }

        if (IsOpportunityWord(_tokens.Current))
        {
            return OpportunityFilter(null);
        }

        if (ReadQuantity(IsOpportunityWord) is { } quantity)
        {
            return OpportunityFilter(quantity);
        }

        return Tags(ReadMatch());
    }

    private Match ReadMatch()
    {
        if (_tokens.AcceptAll("none", "of") || _tokens.AcceptAny("no", "none"))
        {
            return Match.None;
        }

        if (_tokens.AcceptAll("all", "of") || _tokens.Accept("all"))
        {
            return Match.All;
        }

        _ = _tokens.AcceptAll("any", "of") || _tokens.AcceptAny("any", "a", "the", "some");
        return Match.Any;
    }

    private Filter Tags(Match match)
    {
        _ = _tokens.AcceptAny("the", "any");
        if (!IsTagAhead())
        {
            throw _tokens.Error(
                $"{_tokens.Current} cannot stand here", "tag", "any tag", "all tags", "none of tags", "no tag", "opportunity", "no opportunity", "at least");
        }

        _tokens.Skip(1);
        _tokens.AcceptSymbol(":");
        var clause = new TagClause { Match = match };
        if (_tokens.AcceptAll("starting", "with"))
        {
            clause.NamePrefix = Placed(clause, "name_prefix", () => ReadText("the beginning of the tags' names in double quotes"));
        }
        else if (_tokens.AcceptSymbol("("))
        {
            ReadList(() => clause.TagIds.Add(Placed(clause, "tag_ids", ReadTag)));
        }
        else if (IsReferenceAhead())
        {
            clause.TagIds.Add(Placed(clause, "tag_ids", ReadTag));
        }

        return new Filter { Tag = clause };
    }

    private Filter TagAdded()
    {
        _tokens.Skip(1);
        var clause = new TagAddedClause();
        clause.TagId = Placed(clause, "tag_id", ReadTag);
        _ = _tokens.AcceptAny("was", "got");
        _tokens.ExpectWord("added");
        clause.Window = ReadWindow();
        return new Filter { TagAdded = clause };
    }

    private int ReadTag() => ReadReference("tag", _catalog.Tags, ParseIntId);

    private bool IsTagAhead() => IsTagWord(_tokens.Current);

    private static bool IsTagWord(Token token) => token.IsWord("tag") || token.IsWord("tags");

    // `has no tag AND ...`: a keyword is not the name of a tag.
    private bool IsReferenceAhead() =>
        _tokens.Current.Kind is TokenKind.Text or TokenKind.Bracketed or TokenKind.Id
        || (_tokens.Current.Kind == TokenKind.Word && !_tokens.IsAhead("and") && !_tokens.IsAhead("or") && !_tokens.IsAhead("at", "all"));

    private void ReadList(Action readItem)
    {
        if (_tokens.Current.IsSymbol(")"))
        {
            throw _tokens.Error(FilterErrorKind.Empty, "a list must not be empty", "a value");
        }

        do
        {
            readItem();
        }
        while (_tokens.AcceptSymbol(","));
        _tokens.ExpectSymbol(")", FilterWords.Comma, FilterWords.Closing);
    }
}
