namespace TagSegments.Segments.Sql;

/// <summary>The relations that compiled filters read: the read views, or subqueries with the same columns that show an earlier state.</summary>
internal sealed record FilterSources
{
    // One by one: while an account has no statistics yet, a plan with the list of contacts reads all of the account. OFFSET 0 keeps it so.
    private const string ContactsOfCandidates = """
        (SELECT one.*
        FROM (SELECT DISTINCT unnest(@candidates) AS contact_id) AS asked
        CROSS JOIN LATERAL (
            SELECT * FROM crm.segment_contacts WHERE account_id = @account AND contact_id = asked.contact_id OFFSET 0) AS one)
        """;

    /// <summary>The read views: the present.</summary>
    public static readonly FilterSources Present = new() { OfCandidates = new() { Contacts = ContactsOfCandidates } };

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
