using Crm.Segments.V1;

namespace TagSegments.Segments.Tests.Index;

/// <summary>The naive truth: who lives, who has which tag, and what a filter of tags means.</summary>
internal sealed class TagModel
{
    private readonly Dictionary<int, HashSet<int>> _holders = [];

    private TagModel(Dictionary<int, HashSet<int>> holders) => _holders = holders;

    public TagModel()
    {
    }

    public HashSet<int> Holders(int tagId) =>
        _holders.TryGetValue(tagId, out var holders) ? holders : _holders[tagId] = [];

    public void Apply(int tagId, bool add, IEnumerable<int> contactIds)
    {
        if (add)
        {
            Holders(tagId).UnionWith(contactIds);
        }
        else
        {
            Holders(tagId).ExceptWith(contactIds);
        }
    }

    public TagModel Copy() => new(_holders.ToDictionary(tag => tag.Key, tag => tag.Value.ToHashSet()));

    public IReadOnlyList<int> Matching(Filter filter) => [.. Holders(0).Where(contactId => Matches(filter, contactId)).Order()];

    private bool Matches(Filter filter, int contactId) => filter.KindCase switch
    {
        Filter.KindOneofCase.Everyone => true,
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters.All(member => Matches(member, contactId)),
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters.Any(member => Matches(member, contactId)),
        Filter.KindOneofCase.Negated => !Matches(filter.Negated, contactId),
        Filter.KindOneofCase.Field => contactId % 2 == 0,
        _ => Matches(filter.Tag, contactId),
    };

    private bool Matches(TagClause clause, int contactId) => clause.Match switch
    {
        TagClause.Types.Match.All => clause.TagIds.All(tagId => Holders(tagId).Contains(contactId)),
        TagClause.Types.Match.Any => clause.TagIds.Any(tagId => Holders(tagId).Contains(contactId)),
        _ => !clause.TagIds.Any(tagId => Holders(tagId).Contains(contactId)),
    };
}
