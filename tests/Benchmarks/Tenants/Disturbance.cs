namespace TagSegments.Benchmarks.Tenants;

/// <summary>What the big account does at once.</summary>
/// <param name="Segment">Counts the worst segment at 64 callers.</param>
/// <param name="Bulk">Tags everyone, and removes the tag again.</param>
/// <param name="Import">Imports everyone again, with another value.</param>
/// <param name="Campaign">Sends a campaign to everyone.</param>
internal sealed record Disturbance(bool Segment, bool Bulk, bool Import, bool Campaign)
{
    /// <summary>Everything at once.</summary>
    public static readonly Disturbance All = new(true, true, true, true);

    /// <summary>Reads names joined by <c>+</c>, for example <c>bulk+import</c>; throws <see cref="FormatException"/> for others.</summary>
    public static Disturbance Parse(string text)
    {
        string[] known = ["segment", "bulk", "import", "campaign"];
        var names = text.Split('+');
        return names.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw new FormatException($"{unknown} is none of {string.Join(", ", known)}.")
            : new(names.Contains("segment"), names.Contains("bulk"), names.Contains("import"), names.Contains("campaign"));
    }

    /// <summary>What it is, for people.</summary>
    public override string ToString() => this == All ? "a big account" : string.Join(
        " and ",
        new[] { (Segment, "the worst segment"), (Bulk, "bulk tags"), (Import, "imports"), (Campaign, "campaigns") }.Where(part => part.Item1).Select(part => part.Item2));
}
