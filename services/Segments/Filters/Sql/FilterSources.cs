namespace TagSegments.Segments.Filters;

/// <summary>The relations that compiled filters read: the read views, or subqueries with their columns that show what they once were.</summary>
internal sealed record FilterSources
{
    /// <summary>The read views: the present.</summary>
    public static readonly FilterSources Present = new();

    public string Contacts { get; init; } = "crm.segment_contacts";

    /// <summary>The addresses that declined, whoever had them.</summary>
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
