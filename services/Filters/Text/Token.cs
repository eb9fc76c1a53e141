using TagSegments.Filters.Values;

namespace TagSegments.Filters.Text;

/// <summary>The kinds of tokens of the text form.</summary>
internal enum TokenKind
{
    /// <summary>A plain word: keyword, name or text value.</summary>
    Word,

    /// <summary>A name in square brackets.</summary>
    Bracketed,

    /// <summary>A text in double quotes.</summary>
    Text,

    /// <summary>A number, day or instant.</summary>
    Literal,

    /// <summary>A reference by id, written <c>#17</c>.</summary>
    Id,

    /// <summary>A bracket, comma or comparison.</summary>
    Symbol,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>A token; <paramref name="Value"/> is its content, without quotes and escapes, and <paramref name="End"/> the position after it.</summary>
internal readonly record struct Token(TokenKind Kind, string Value, int Position, int End)
{
    /// <summary>Whether this is the symbol.</summary>
    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Value == symbol;

    /// <summary>Whether this is the keyword, in any case.</summary>
    public bool IsWord(string keyword) => Kind == TokenKind.Word && Value.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>Names the token in a message.</summary>
    public override string ToString()
    {
        var value = MessageText.Short(Value);
        return Kind switch
        {
            TokenKind.End => "the end of the text",
            TokenKind.Text => $"\"{value}\"",
            TokenKind.Bracketed => $"[{value}]",
            TokenKind.Id => $"#{value}",
            _ => $"'{value}'",
        };
    }
}
