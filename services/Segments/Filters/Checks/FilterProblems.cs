namespace TagSegments.Segments.Filters;

/// <summary>What is wrong with a filter.</summary>
internal sealed class FilterProblems
{
    private readonly List<(string Field, string Description)> _violations = [];
    private readonly List<MissingReference> _missing = [];

    /// <summary>What can never be saved or evaluated, by the path of the clause.</summary>
    public IReadOnlyList<(string Field, string Description)> Violations => _violations;

    /// <summary>What the filter refers to and does not exist: a saved segment becomes invalid by it.</summary>
    public IReadOnlyList<MissingReference> Missing => _missing;

    /// <summary>Whether a violation is one of depth or size.</summary>
    public bool IsTooLarge { get; private set; }

    public bool IsEmpty => _violations.Count == 0 && _missing.Count == 0;

    /// <summary>Throws INVALID_ARGUMENT for violations, then FAILED_PRECONDITION for missing references.</summary>
    public void ThrowIfAny()
    {
        ThrowIfInvalid();
        if (_missing.Count > 0)
        {
            throw FilterErrors.MissingReference(_missing[0]);
        }
    }

    /// <summary>Throws INVALID_ARGUMENT for violations; missing references are left to the caller.</summary>
    public void ThrowIfInvalid()
    {
        if (_violations.Count > 0)
        {
            throw IsTooLarge
                ? FilterErrors.TooLarge(_violations[^1].Description, _violations[^1].Field)
                : FilterErrors.Invalid(_violations);
        }
    }

    public void Add(string path, string description) => _violations.Add((path, description));

    public void AddMissing(string resource, string id, string path, IReadOnlyList<string>? suggestions = null) =>
        _missing.Add(new MissingReference(resource, id, path) { Suggestions = suggestions ?? [] });

    public void AddTooLarge(string path, string description)
    {
        Add(path, description);
        IsTooLarge = true;
    }

    /// <summary>Adds a violation unless all is well; returns whether it is.</summary>
    public bool Require(bool ok, string path, string description)
    {
        if (!ok)
        {
            Add(path, description);
        }

        return ok;
    }
}
