using System.Text;
using TagSegments.Filters.Tree;

namespace TagSegments.Filters.Text;

/// <summary>Cuts the text form of a filter into tokens.</summary>
internal sealed class FilterLexer
{
    private static readonly string[] s_symbols = ["<=", ">=", "!=", "<>", "(", ")", ",", "=", "<", ">", ":"];

    // What other languages write, and what stands for it here.
    private static readonly (string Sign, string Meant)[] s_foreign =
    [
        ("==", "the sign = once"), ("=>", "the sign >="), ("=<", "the sign <="), ("=~", "contains"), ("&&", "AND"), ("&", "AND"), ("||", "OR"), ("|", "OR"),
        ("!", "NOT"), ("~", "contains"), ("\u2260", "the sign !="), ("\u2265", "the sign >="), ("\u2264", "the sign <="), (";", "AND"),
        ("{", "an opening bracket ("), ("}", "a closing bracket )"), ("]", "an opening bracket ( or [ before it"),
    ];

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
                throw new FilterSyntaxException(text, lexer._position, $"more than {FilterLimits.Tokens} words and symbols")
                {
                    IsTooLarge = true,
                    Expected = ["a shorter filter"],
                };
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
            return new Token(TokenKind.End, "", _position, _position);
        }

        var c = _text[_position];
        return c switch
        {
            '"' => Quoted(TokenKind.Text, "\""),
            // As people and word processors of several countries write quotes.
            '\u201C' or '\u201D' or '\u201E' => Quoted(TokenKind.Text, "\u201D\u201C"),
            '\'' => Quoted(TokenKind.Text, "'"),
            '\u2018' or '\u2019' or '\u201A' => Quoted(TokenKind.Text, "\u2019\u2018"),
            '\u00AB' => Quoted(TokenKind.Text, "\u00BB"),
            '\u00BB' => Quoted(TokenKind.Text, "\u00AB"),
            '[' => Quoted(TokenKind.Bracketed, "]"),
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

        return new Token(kind, _text[(start + skip).._position], start, _position);
    }

    private Token Symbol()
    {
        var start = _position;
        var symbol = s_symbols.FirstOrDefault(IsNext);
        var foreign = symbol == "!=" ? default : s_foreign.FirstOrDefault(other => IsNext(other.Sign));
        if (symbol is null || foreign.Sign is not null)
        {
            throw new FilterSyntaxException(_text, start, $"'{foreign.Sign ?? Character()}' cannot stand here")
            {
                Expected = [foreign.Meant ?? "a word, a number, a bracket or a text in double quotes"],
            };
        }

        _position += symbol.Length;
        return new Token(TokenKind.Symbol, symbol == "<>" ? "!=" : symbol, start, _position);
    }

    private bool IsNext(string symbol) => string.CompareOrdinal(_text, _position, symbol, 0, symbol.Length) == 0;

    private string Character() => Rune.GetRuneAt(_text, _position).ToString();

    // A backslash takes the next character as it is.
    private Token Quoted(TokenKind kind, string closing)
    {
        var start = _position;
        var value = new StringBuilder();
        for (_position++; _position < _text.Length; _position++)
        {
            var c = _text[_position];
            if (closing.Contains(c))
            {
                _position++;
                return new Token(kind, value.ToString(), start, _position);
            }

            if (c == '\\' && _position + 1 < _text.Length)
            {
                c = _text[++_position];
            }

            value.Append(c);
        }

        throw new FilterSyntaxException(_text, start, $"the {(kind == TokenKind.Bracketed ? "bracket" : "quote")} {_text[start]} is not closed")
        {
            Kind = kind == TokenKind.Bracketed ? FilterErrorKind.Brackets : FilterErrorKind.Quotes,
            Expected = [kind == TokenKind.Bracketed ? "a closing bracket ] after the name" : $"the closing quote {closing[0]} after the text"],
        };
    }
}
