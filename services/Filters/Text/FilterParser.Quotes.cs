using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Text;

public sealed partial class FilterParser
{
    private const int MostWords = 8;

    // Words that go on with a clause, after a name or a value without quotes.
    private static readonly string[] s_following =
        ["and", "or", "not", "in", "at", "exactly", "more", "since", "before", "from", "on", "within", "of", "today", "yesterday", "was", "added", "ignoring"];

    // An error that asks for quotes if the next words are a name together; null if they are not.
    private FilterSyntaxException? SeveralWords(Func<string, bool> exists, Func<string, string> write)
    {
        for (var count = WordsAhead(); count > 1; count--)
        {
            if (_tokens.Source(count) is var name && exists(name))
            {
                return QuotesMissing("a name of several words has to be marked as one", write(name));
            }
        }

        return null;
    }

    private FilterSyntaxException QuotesMissing(string problem, params string[] expected) => _tokens.Error(FilterErrorKind.Quotes, problem, expected);

    // `city = New York`; but `city = Wien adn ...` is a misspelt AND.
    private void RequireOneWord()
    {
        var next = _tokens.Peek(1);
        if (_tokens.Current.Kind == TokenKind.Word
            && next.Kind is TokenKind.Word or TokenKind.Literal
            && !s_following.Any(next.IsWord)
            && (next.Kind == TokenKind.Literal || Suggestions.For(next.Value, ["and", "or", "ignoring"]).Count == 0))
        {
            throw QuotesMissing("a text of several words stands in double quotes", Quoted());
        }
    }

    // The next words in quotes, as they probably are meant.
    private string Quoted() => $"\"{MessageText.Short(_tokens.Source(WordsAhead()))}\"";

    private int WordsAhead()
    {
        var count = 1;
        while (count < MostWords && _tokens.Peek(count) is { Kind: TokenKind.Word or TokenKind.Literal } next && !s_following.Any(next.IsWord))
        {
            count++;
        }

        return count;
    }
}
