using NodaTime;

namespace TagSegments.Testing.Oracle;

/// <summary>All that is known of an account, as plain objects: what the oracle reads and what the loader writes to PostgreSQL.</summary>
public sealed record World(int AccountId, string TimeZone, int WeekStart, IReadOnlyList<WorldContact> Contacts, IReadOnlySet<(int Channel, string Address)> Suppressed)
{
    /// <summary>The country of phone numbers without a country code; empty if the account has none.</summary>
    public string Country { get; init; } = "";
    public IReadOnlyList<(int Id, string Name)> Tags { get; init; } = WorldNames.Tags;
    public IReadOnlyList<(int Id, string Name)> Pipelines { get; init; } = WorldNames.Pipelines;
    public IReadOnlyList<(int Id, int Pipeline, string Name)> Stages { get; init; } = WorldNames.Stages;
}

/// <summary>A living contact. Field values by field number: string, decimal, bool, LocalDate, Instant or string[].</summary>
public sealed record WorldContact(int Id)
{
    public Dictionary<string, string?> Texts { get; } = [];
    public Dictionary<int, object?> Fields { get; } = [];
    public int EmailConsent { get; set; } = 1;
    public int SmsConsent { get; set; } = 1;
    public bool DoNotDisturb { get; set; }
    public Instant Created { get; set; }
    public Instant Updated { get; set; }
    public HashSet<int> Tags { get; } = [];
    public List<WorldTagChange> TagChanges { get; } = [];
    public List<WorldActivity> Activities { get; } = [];
    public List<WorldOpportunity> Opportunities { get; } = [];
    public string? TimeZone => Texts.GetValueOrDefault("time_zone");

    public void Change(int tagId, bool added, Instant at)
    {
        TagChanges.Add(new WorldTagChange(tagId, added, at, InBulk: false));
        if (added)
        {
            Tags.Add(tagId);
        }
        else
        {
            Tags.Remove(tagId);
        }
    }

    public WorldContact Copy()
    {
        var copy = new WorldContact(Id)
        {
            EmailConsent = EmailConsent,
            SmsConsent = SmsConsent,
            DoNotDisturb = DoNotDisturb,
            Created = Created,
            Updated = Updated,
        };
        Texts.ToList().ForEach(text => copy.Texts[text.Key] = text.Value);
        Fields.ToList().ForEach(field => copy.Fields[field.Key] = field.Value);
        copy.Tags.UnionWith(Tags);
        copy.TagChanges.AddRange(TagChanges);
        copy.Activities.AddRange(Activities);
        copy.Opportunities.AddRange(Opportunities.Select(opportunity => opportunity with { Fields = new(opportunity.Fields) }));
        return copy;
    }
}

public sealed record WorldTagChange(int TagId, bool Added, Instant At, bool InBulk);

/// <summary>What was recorded of a contact; <paramref name="Properties"/> is JSON.</summary>
public sealed record WorldActivity(int Kind, int Channel, Instant At, string? CampaignId, string? Event, string? Properties = null)
{
    /// <summary>The link of a click.</summary>
    public string? Link { get; init; }

    /// <summary>Of a bounce: 1 hard, 2 soft, 0 if nobody said.</summary>
    public int Bounce { get; init; }
}

public sealed record WorldOpportunity(string? Name, int PipelineId, int StageId, int Status, decimal? Amount, LocalDate? Opened, LocalDate? Closed, Instant StageSince)
{
    /// <summary>The number, once it is stored.</summary>
    public int Id { get; set; }

    public Dictionary<int, object?> Fields { get; init; } = [];
}
