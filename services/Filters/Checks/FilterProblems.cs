using TagSegments.Filters.Catalog;

namespace TagSegments.Filters.Checks;

/// <summary>The faults of a filter.</summary>
public sealed class FilterProblems
{
    private readonly List<FilterViolation> _violations = [];
    private readonly List<MissingReference> _missing = [];

    /// <summary>Faults that no filter may have when it is saved or evaluated, by the path of the clause.</summary>
    public IReadOnlyList<FilterViolation> Violations => _violations;

    /// <summary>References to things that do not exist; they make a saved segment invalid.</summary>
    public IReadOnlyList<MissingReference> Missing => _missing;

    /// <summary>Whether a violation is one of depth or size.</summary>
    public bool IsTooLarge { get; private set; }

    public bool IsEmpty => _violations.Count == 0 && _missing.Count == 0;

    public void Add(string path, string description, params IReadOnlyList<string> expected) => _violations.Add(new(path, description, expected));

    public void AddMissing(string resource, string id, string path, IReadOnlyList<string>? suggestions = null) =>
        _missing.Add(new MissingReference(resource, id, path) { Suggestions = suggestions ?? [] });

    public void AddTooLarge(string path, string description)
    {
        Add(path, description);
        IsTooLarge = true;
    }

    /// <summary>Adds a violation unless all is well; returns whether it is.</summary>
    public bool Require(bool ok, string path, string description, params IReadOnlyList<string> expected)
    {
        if (!ok)
        {
            Add(path, description, expected);
        }

        return ok;
    }
}
