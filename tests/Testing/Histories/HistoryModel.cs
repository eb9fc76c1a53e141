using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Catalog;
using TagSegments.Testing.Oracle;

namespace TagSegments.Testing.Histories;

/// <summary>The naive truth about an account as it changes: plain objects, which the oracle of the filter language reads.</summary>
internal sealed class HistoryModel
{
    public HistoryModel(World world, IReadOnlyDictionary<string, Filter> segments)
    {
        TimeZone = world.TimeZone;
        WeekStart = world.WeekStart;
        Living = world.Contacts.ToDictionary(contact => contact.Id, contact => contact.Copy());
        Suppressed = [.. world.Suppressed];
        Tags = [.. world.Tags];
        Stages = [.. world.Stages];
        Segments = new(segments);
    }

    public Dictionary<int, WorldContact> Living { get; }

    public Dictionary<int, WorldContact> Deleted { get; } = [];

    public HashSet<(int Channel, string Address)> Suppressed { get; }

    public List<(int Id, string Name)> Tags { get; }

    public List<(int Id, int Pipeline, string Name)> Stages { get; }

    public Dictionary<string, Filter> Segments { get; }

    private string TimeZone { get; }

    private int WeekStart { get; }

    public HistoryModel Copy()
    {
        var copy = new HistoryModel(ToWorld(), Segments);
        foreach (var (contactId, contact) in Deleted)
        {
            copy.Deleted.Add(contactId, contact.Copy());
        }

        return copy;
    }

    /// <summary>Forgets when tags were added, as retention does.</summary>
    public HistoryModel WithoutTagHistory()
    {
        foreach (var contact in Living.Values.Concat(Deleted.Values))
        {
            contact.TagChanges.Clear();
        }

        return this;
    }

    /// <summary>Applies changes of tags.</summary>
    public void Apply(IEnumerable<(int TagId, int ContactId, bool Added, Instant At)> changes)
    {
        foreach (var (tagId, contactId, added, at) in changes)
        {
            Living[contactId].Change(tagId, added, at);
        }
    }

    /// <summary>Lists who matches a filter at a moment.</summary>
    public IReadOnlyList<int> Matching(Filter filter, Instant now)
    {
        var world = ToWorld();
        var oracle = new FilterOracle(world, now, id => Segments[id]);
        return [.. world.Contacts.Where(contact => oracle.Matches(filter, contact)).Select(contact => contact.Id)];
    }

    /// <summary>Gets the names as filters know them.</summary>
    public FilterCatalog Catalog(int accountId) => new()
    {
        AccountId = accountId,
        TimeZone = TimeZone,
        WeekStart = WeekStart,
        TagItems = [.. Tags.Select(tag => new NamedItem<int>(tag.Id, tag.Name))],
        ContactCustomFields = WorldNames.ContactFields,
        OpportunityCustomFields = WorldNames.OpportunityFields,
        Pipelines = [.. WorldNames.Pipelines.Select(pipeline => pipeline.Name)],
        Stages = [.. Stages.Select(stage => stage.Name).Distinct()],
    };

    private World ToWorld() => new(0, TimeZone, WeekStart, [.. Living.Values.OrderBy(contact => contact.Id)], Suppressed) { Tags = Tags, Stages = Stages };
}
