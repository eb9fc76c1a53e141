namespace TagSegments.WebConsole.Filters;

/// <summary>A text that can be put at a place, and a hint what it is.</summary>
public sealed record Suggestion(string Text, string Hint = "")
{
    /// <summary>What is put into the filter; unlike the text it may end with a closing quote.</summary>
    public string Insert { get; init; } = Text;
}
