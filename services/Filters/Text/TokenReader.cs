using TagSegments.Filters.Catalog;
using TagSegments.Filters.Values;

namespace TagSegments.Filters.Text;

/// <summary>Walks over the tokens of a text and makes the errors that name a place in it.</summary>
internal sealed class TokenReader(string text)
{
    private readonly IReadOnlyList<Token> _tokens = FilterLexer.Read(text);
    private int _index;

    /// <summary>The token to be read next.</summary>
    public Token Current => _tokens[_index];

    /// <summary>The position after the token that was read last.</summary>
    public int LastEnd => _index == 0 ? 0 : _tokens[_index - 1].End;

    /// <summary>The column of a token in its line, from 1.</summary>
    public int ColumnOf(Token token) => new TextSpan(text, token.Position, token.End).Column;

    /// <summary>The text of the next tokens, so many of them.</summary>
    public string Source(int count) => text[Current.Position..Peek(count - 1).End];

    /// <summary>The token that many places further on.</summary>
    public Token Peek(int ahead) => _tokens[Math.Min(_index + ahead, _tokens.Count - 1)];

    /// <summary>Whether the next tokens are these words.</summary>
    public bool IsAhead(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!Peek(i).IsWord(words[i]))
            {
                return false;
            }
        }

        return true;
    }

    public void Skip(int count) => _index = Math.Min(_index + count, _tokens.Count - 1);

    /// <summary>Reads the word if it is next.</summary>
    public bool Accept(string word) => AcceptAll(word);

    /// <summary>Reads the first of these words if one of them is next.</summary>
    public bool AcceptAny(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (AcceptAll(word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads these words if they are next, or none of them.</summary>
    public bool AcceptAll(params ReadOnlySpan<string> words)
    {
        if (!IsAhead(words))
        {
            return false;
        }

        Skip(words.Length);
        return true;
    }

    /// <summary>Reads the symbol if it is next.</summary>
    public bool AcceptSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol))
        {
            return false;
        }

        Skip(1);
        return true;
    }

    public void ExpectWord(params string[] words)
    {
        if (!AcceptAny(words))
        {
            throw Error($"{Current} cannot stand here", words);
        }
    }

    public void ExpectSymbol(string symbol, params string[] expected)
    {
        if (!AcceptSymbol(symbol))
        {
            throw Error($"{Current} cannot stand here", expected.Length > 0 ? expected : [FilterWords.Describe(symbol)]);
        }
    }

    public void ExpectEnd(params string[] expected)
    {
        if (Current.Kind != TokenKind.End)
        {
            throw Error($"{Current} cannot stand here", [.. expected, "the end of the text"]);
        }
    }

    /// <summary>Makes an error about the next token; a word close to an expected one is suggested.</summary>
    public FilterSyntaxException Error(string problem, params string[] expected) => Error(FilterErrorKind.Syntax, problem, expected);

    /// <summary>Makes an error of a kind about the next token.</summary>
    public FilterSyntaxException Error(FilterErrorKind kind, string problem, params string[] expected) =>
        new(text, Current.Position, problem)
        {
            Kind = kind,
            Expected = expected,
            Suggestions = Current.Kind == TokenKind.Word
                ? Suggestions.For(Current.Value, expected.Where(FilterWords.IsKeyword).SelectMany(e => e.Split(' ')).Distinct())
                : [],
        };

    /// <summary>Makes an error about a name that does not exist.</summary>
    public FilterSyntaxException Unknown(string resource, string name, IEnumerable<string> names) =>
        new(text, Current.Position, $"there is no {resource} \"{MessageText.Short(name)}\"")
        {
            Kind = FilterErrorKind.Name,
            Resource = resource,
            Expected = [$"the name of {(resource[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {resource} that exists"],
            Suggestions = [.. Suggestions.For(name, names).Select(n => $"\"{MessageText.Short(n)}\"")],
        };

    public FilterSyntaxException TooLarge(string problem) =>
        new(text, Current.Position, problem) { IsTooLarge = true, Expected = ["fewer levels: save parts as segments and write in segment \"...\""] };
}
