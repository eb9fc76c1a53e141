using Crm.Segments.V1;
using NodaTime;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Filters.Catalog;

/// <summary>A thing that filters name: tag, segment, campaign, pipeline or stage.</summary>
public sealed record NamedItem<TId>(TId Id, string Name, bool IsDeleted = false);

/// <summary>The names of one account as of one moment. Immutable.</summary>
public sealed class FilterCatalog
{
    private readonly Lazy<NameIndex<int>> _tags;
    private readonly Lazy<NameIndex<string>> _segments;
    private readonly Lazy<NameIndex<string>> _campaigns;
    private readonly Lazy<FieldIndex> _contactFields;
    private readonly Lazy<FieldIndex> _opportunityFields;

    public FilterCatalog()
    {
        _tags = new(() => new NameIndex<int>(TagItems));
        _segments = new(() => new NameIndex<string>(SegmentItems));
        _campaigns = new(() => new NameIndex<string>(CampaignItems));
        _contactFields = new(() => new FieldIndex(FilterField.ContactAttributes, ContactCustomFields));
        _opportunityFields = new(() => new FieldIndex(FilterField.OpportunityAttributes, OpportunityCustomFields));
    }

    public required int AccountId { get; init; }

    /// <summary>The account's IANA time zone.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The first day of the account's week: 1 Monday to 7 Sunday.</summary>
    public int WeekStart { get; init; } = 1;

    /// <summary>The country of phone numbers without a country code, as two letters of ISO 3166; empty if the account has none.</summary>
    public string Country { get; init; } = "";

    public IReadOnlyList<NamedItem<int>> TagItems { get; init; } = [];

    public IReadOnlyList<NamedItem<string>> SegmentItems { get; init; } = [];

    public IReadOnlyList<NamedItem<string>> CampaignItems { get; init; } = [];

    public IReadOnlyList<FilterField> ContactCustomFields { get; init; } = [];

    public IReadOnlyList<FilterField> OpportunityCustomFields { get; init; } = [];

    public IReadOnlyList<string> Pipelines { get; init; } = [];

    /// <summary>The stages of all pipelines; two pipelines may use one name.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    public NameIndex<int> Tags => _tags.Value;

    public NameIndex<string> Segments => _segments.Value;

    public NameIndex<string> Campaigns => _campaigns.Value;

    public FieldIndex ContactFields => _contactFields.Value;

    public FieldIndex OpportunityFields => _opportunityFields.Value;

    /// <summary>The account's zone; UTC if this machine does not know it.</summary>
    public DateTimeZone Zone => DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone) ?? DateTimeZone.Utc;

    /// <summary>Finds the field that a clause refers to, also a deleted one.</summary>
    public FilterField? Field(FieldRef? reference, bool ofOpportunity) =>
        (ofOpportunity ? OpportunityFields : ContactFields).Find(reference);

    /// <summary>Adds the pipelines, stages and choices of another catalog of the account: a value that no contact has does no harm.</summary>
    public FilterCatalog WithValuesOf(FilterCatalog other) => new()
    {
        AccountId = AccountId,
        TimeZone = TimeZone,
        WeekStart = WeekStart,
        Country = Country,
        TagItems = TagItems,
        SegmentItems = SegmentItems,
        CampaignItems = CampaignItems,
        ContactCustomFields = [.. ContactCustomFields.Select(field => field.WithChoicesOf(other.ContactFields.Find(field.ToRef())))],
        OpportunityCustomFields = [.. OpportunityCustomFields.Select(field => field.WithChoicesOf(other.OpportunityFields.Find(field.ToRef())))],
        Pipelines = [.. Pipelines.Union(other.Pipelines)],
        Stages = [.. Stages.Union(other.Stages)],
    };

    /// <summary>The values that a field can have, or null if it can have any.</summary>
    public IReadOnlyList<string>? KnownValues(FilterField field) => field switch
    {
        { IsAttribute: true, Name: "pipeline" } => Pipelines,
        { IsAttribute: true, Name: "stage" } => Stages,
        { Type: FieldType.SingleChoice or FieldType.MultipleChoice } => field.Choices,
        _ => null,
    };
}
