using Crm.Tags.V1;
using Kind = Crm.Tags.V1.TagFinding.Types.Kind;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>Describes possible problems with tags and their names.</summary>
internal static class Findings
{
    private const int MaxNamed = 10;

    /// <summary>Returns the finding of a name that breaks the policy; null if it obeys.</summary>
    public static TagFinding? Policy(NamingPolicy policy, string name, params int[] tagIds) =>
        NameRules.Check(policy, name) is var (_, problem, suggestion)
            ? new TagFinding { Kind = Kind.Policy, TagIds = { tagIds }, Message = $"\"{name}\": {problem}", Suggestion = suggestion }
            : null;

    /// <summary>Returns the finding of a new name that is much like the names of existing tags.</summary>
    public static TagFinding NearDuplicate(string name, IReadOnlyCollection<(int TagId, string Name)> near) => new()
    {
        Kind = Kind.NearDuplicate,
        TagIds = { near.Take(MaxNamed).Select(tag => tag.TagId) },
        Message = $"\"{name}\" is much like {Quoted(near.Take(MaxNamed).Select(tag => tag.Name))}{(near.Count > MaxNamed ? $" and {near.Count - MaxNamed} more" : "")}.",
    };

    /// <summary>Returns the finding of two tags whose names are much alike.</summary>
    public static TagFinding NearDuplicates((int TagId, string Name) first, (int TagId, string Name) second) => new()
    {
        Kind = Kind.NearDuplicate,
        TagIds = { first.TagId, second.TagId },
        Message = $"{Quoted([first.Name, second.Name])} are much alike.",
    };

    /// <summary>Returns the finding of a name that looks like a value of few contacts.</summary>
    public static TagFinding UniqueValue(string name, string resemblance) =>
        new() { Kind = Kind.UniqueValue, Message = $"\"{name}\" {resemblance}: use a custom field." };

    /// <summary>Returns the finding of a tag that no contact has.</summary>
    public static TagFinding Unused(int tagId, string name) =>
        new() { Kind = Kind.Unused, TagIds = { tagId }, Message = $"No contact has \"{name}\"." };

    /// <summary>Returns the finding of a tag that was last added or removed long ago.</summary>
    public static TagFinding Stale(int tagId, string name, DateTime changedAt) =>
        new() { Kind = Kind.Stale, TagIds = { tagId }, Message = $"\"{name}\" last came or went on {changedAt:yyyy-MM-dd}." };

    private static string Quoted(IEnumerable<string> names) => string.Join(" and ", names.Select(name => $"\"{name}\""));
}
