namespace TagSegments.Segments.Sql;

/// <summary>The relations that compiled filters read: the read views, or subqueries with the same columns that show an earlier state.</summary>
internal sealed record FilterSources
{
    /// <summary>The read views: the present.</summary>
    public static readonly FilterSources Present = new();

    private readonly FilterSources? _ofCandidates;

    /// <summary>The names and values of the parameters that the relations need besides <c>@account</c>.</summary>
    public IReadOnlyList<(string Name, object Value)> Parameters { get; init; } = [];

    /// <summary>The same relations, limited to the contacts of the parameter <c>@candidates</c>.</summary>
    public FilterSources OfCandidates { get => _ofCandidates ?? this; init => _ofCandidates = value; }

    /// <summary>Whether these are the read views themselves.</summary>
    public bool ArePresent => ReferenceEquals(this, Present);

    public string Contacts { get; init; } = "crm.segment_contacts";

    /// <summary>The addresses that declined, with whichever contact.</summary>
    public string Declined { get; init; } = "crm.segment_declined";

    public string Opportunities { get; init; } = "crm.segment_opportunities";

    public string Pipelines { get; init; } = "crm.segment_pipelines";

    public string Stages { get; init; } = "crm.segment_stages";

    public string Fields { get; init; } = "crm.segment_fields";

    public string Accounts { get; init; } = "crm.segment_accounts";

    public string Tags { get; init; } = "tags.segment_tags";

    public string TagChunks { get; init; } = "tags.segment_tag_chunks";

    public string TagChanges { get; init; } = "tags.segment_tag_changes";

    public string Activity { get; init; } = "campaigns.segment_activity";

    public string Suppressions { get; init; } = "campaigns.segment_suppressions";
}
