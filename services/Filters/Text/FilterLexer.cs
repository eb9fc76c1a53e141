using System.Text;
using TagSegments.Filters.Tree;

namespace TagSegments.Filters.Text;

/// <summary>Cuts the text form of a filter into tokens.</summary>
internal sealed class FilterLexer
{
    private static readonly string[] s_symbols = ["<=", ">=", "!=", "<>", "(", ")", ",", "=", "<", ">", ":"];

    private readonly string _text;
    private int _position;

    private FilterLexer(string text) => _text = text;

    /// <summary>Reads all tokens; the last one is <see cref="TokenKind.End"/>.</summary>
    public static IReadOnlyList<Token> Read(string text)
    {
        var lexer = new FilterLexer(text);
        var tokens = new List<Token>();
        do
        {
            if (tokens.Count == FilterLimits.Tokens)
            {
                throw new FilterSyntaxException(text, lexer._position, $"more than {FilterLimits.Tokens} words and symbols") { IsTooLarge = true };
            }

            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != TokenKind.End);
        return tokens;
    }

    /// <summary>Whether a name can be written without brackets.</summary>
    public static bool IsPlainWord(string name) =>
        name.Length > 0 && IsWordStart(name[0]) && name.All(IsWordPart);

    private Token Next()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }

        if (_position == _text.Length)
        {
            return new Token(TokenKind.End, "", _position);
        }

        var c = _text[_position];
        return c switch
        {
            '"' or '\u201C' or '\u201E' => Quoted(TokenKind.Text, c == '"' ? "\"" : "\u201D\u201C", "the closing quote"),
            '[' => Quoted(TokenKind.Bracketed, "]", "]"),
            '#' => Take(TokenKind.Id, 1, part => char.IsAsciiLetterOrDigit(part) || part == '-'),
            _ when IsWordStart(c) => Take(TokenKind.Word, 0, IsWordPart),
            _ when char.IsAsciiDigit(c) || IsNegativeNumber() => Take(TokenKind.Literal, 0, IsLiteralPart),
            _ => Symbol(),
        };
    }

    private static bool IsWordStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsLiteralPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '.' or ':';

    private bool IsNegativeNumber() =>
        _text[_position] == '-' && _position + 1 < _text.Length && char.IsAsciiDigit(_text[_position + 1]);

    private Token Take(TokenKind kind, int skip, Func<char, bool> isPart)
    {
        var start = _position;
        _position += skip;
        while (_position < _text.Length && (isPart(_text[_position]) || (_position == start && _text[start] == '-')))
        {
            _position++;
        }

        return new Token(kind, _text[(start + skip).._position], start);
    }

    private Token Symbol()
    {
        var start = _position;
        var symbol = s_symbols.FirstOrDefault(symbol => string.CompareOrdinal(_text, start, symbol, 0, symbol.Length) == 0);
        if (symbol is null)
        {
            throw new FilterSyntaxException(_text, start, $"'{_text[start]}' cannot stand here");
        }

        _position += symbol.Length;
        return new Token(TokenKind.Symbol, symbol == "<>" ? "!=" : symbol, start);
    }

    // A backslash takes the next character as it is.
    private Token Quoted(TokenKind kind, string closing, string expected)
    {
        var start = _position;
        var value = new StringBuilder();
        for (_position++; _position < _text.Length; _position++)
        {
            var c = _text[_position];
            if (closing.Contains(c))
            {
                _position++;
                return new Token(kind, value.ToString(), start);
            }

            if (c == '\\' && _position + 1 < _text.Length)
            {
                c = _text[++_position];
            }

            value.Append(c);
        }

        throw new FilterSyntaxException(_text, start, "this is not closed") { Expected = [expected] };
    }
}
