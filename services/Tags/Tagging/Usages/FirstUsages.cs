using Crm.Tags.V1;

namespace TagSegments.Tags.Tagging.Usages;

/// <summary>The first users of every tag. Others are only counted: an account can have a tag in each of thousands of segments.</summary>
internal sealed class FirstUsages
{
    /// <summary>How many users of a tag are kept.</summary>
    public const int Kept = 20;

    private readonly Dictionary<int, Users> _tags = [];

    /// <summary>Adds a user of tags.</summary>
    public void Add(IEnumerable<int> tagIds, TagUsage usage)
    {
        foreach (var tagId in tagIds)
        {
            if (!_tags.TryGetValue(tagId, out var users))
            {
                _tags[tagId] = users = new();
            }

            users.Add(usage);
        }
    }

    /// <summary>Gets the first users of a tag, and how many more there are.</summary>
    public (IReadOnlyList<TagUsage> First, int More) Of(int tagId) => _tags.TryGetValue(tagId, out var users) ? (users.First, users.More) : ([], 0);

    private sealed class Users
    {
        public List<TagUsage> First { get; } = [];

        public int More { get; private set; }

        public void Add(TagUsage usage)
        {
            if (First.Count < Kept)
            {
                First.Add(usage);
            }
            else
            {
                More++;
            }
        }
    }
}
