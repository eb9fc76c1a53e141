using Google.Protobuf.Collections;
using TagSegments.Tags.Tagging.Naming;

namespace TagSegments.Tags.Tagging.Assignments;

/// <summary>The tags that a call names by number and by name; the names are in their stored form.</summary>
internal sealed record TagRefs(int[] Ids, string[] Names)
{
    private const int Max = 1_000;

    /// <summary>Reads and checks the tags of a request: at least one, not too many, none twice.</summary>
    public static TagRefs Read(RepeatedField<int> ids, RepeatedField<string> names)
    {
        new FieldChecks()
            .Require(ids.Count + names.Count > 0, "tag_ids", "must name a tag, or tag_names one")
            .Require(ids.Count + names.Count <= Max, "tag_ids", $"names more than {Max} tags")
            .Require(ids.All(id => id > 0), "tag_ids", "contains a number below 1")
            .ThrowIfAny();

        var normalized = names.Select((name, index) => TagNames.Normalize(name, $"tag_names[{index}]")).ToArray();
        new FieldChecks()
            .Require(ids.Distinct().Count() == ids.Count, "tag_ids", "names a tag twice")
            .Require(normalized.Distinct(StringComparer.Ordinal).Count() == names.Count, "tag_names", "names a tag twice")
            .ThrowIfAny();
        return new([.. ids], normalized);
    }

    /// <summary>Unites the numbers given and those found for the names; throws NOT_FOUND for a name that is missing.</summary>
    public int[] With(Dictionary<string, int> found) =>
        With(Names.Select(name => found.TryGetValue(name, out var tagId) ? tagId : throw RpcErrors.NotFound("tag", name)));

    /// <summary>Unites the numbers given and those found for the names; throws INVALID_ARGUMENT if a tag was named both ways.</summary>
    public int[] With(IEnumerable<int> found)
    {
        int[] all = [.. Ids, .. found];
        return all.Distinct().Count() == all.Length ? all : throw RpcErrors.InvalidField("tag_names", "names a tag twice: by number and by name");
    }
}
