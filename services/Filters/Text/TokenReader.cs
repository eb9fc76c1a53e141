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
            throw Error($"{Current} cannot stand here", expected.Length > 0 ? expected : [symbol]);
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
    public FilterSyntaxException Error(string problem, params string[] expected) =>
        new(text, Current.Position, problem)
        {
            Expected = expected,
            Suggestions = Current.Kind == TokenKind.Word ? Suggestions.For(Current.Value, expected.SelectMany(e => e.Split(' ')).Distinct()) : [],
        };

    /// <summary>Makes an error about a name that does not exist.</summary>
    public FilterSyntaxException Unknown(string resource, string name, IEnumerable<string> names) =>
        new(text, Current.Position, $"there is no {resource} \"{MessageText.Short(name)}\"")
        {
            Suggestions = [.. Suggestions.For(name, names).Select(n => $"\"{n}\"")],
        };

    public FilterSyntaxException TooLarge(string problem) => new(text, Current.Position, problem) { IsTooLarge = true };
}
