using Crm.Tags.V1;
using Kind = Crm.Tags.V1.TagFinding.Types.Kind;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Finds what deserves a look, in a name or in the whole library.</summary>
internal sealed class TagAudit(GovernanceStore store, TimeProvider time)
{
    private const int DefaultStaleDays = 180;

    /// <summary>Checks a name that no tag has yet against policy and library.</summary>
    public async Task<List<TagFinding>> CheckNameAsync(int accountId, NamingPolicy policy, string name, CancellationToken ct)
    {
        var findings = new List<TagFinding>();
        if (Policy(policy, name) is { } broken)
        {
            findings.Add(broken);
        }

        var key = NearDuplicates.Key(name);
        var near = (await store.CandidatesAsync(accountId, key.Length, ct))
            .Where(tag => tag.Name != name && NearDuplicates.AreNear(tag.NearKey ?? NearDuplicates.Key(tag.Name), key))
            .ToList();
        if (near.Count > 0)
        {
            findings.Add(Near([.. near.Select(tag => tag.TagId)], $"\"{name}\" is much like {Quoted(near.Select(tag => tag.Name))}."));
        }

        if (UniqueValues.Recognise(name) is { } resemblance)
        {
            findings.Add(Unique(name, resemblance));
        }
        else if (UniqueValues.Shape(name) is { } shape && await store.HasManyOfShapeAsync(accountId, shape, UniqueValues.ManyOfOneShape, ct))
        {
            findings.Add(Unique(name, $"is one of many that differ only in a number, like \"{shape}\""));
        }

        return findings;
    }

    /// <summary>Audits the library.</summary>
    public async Task<AuditTagsResponse> RunAsync(int accountId, int staleDays, CancellationToken ct)
    {
        var policy = await store.PolicyAsync(accountId, ct);
        var tags = await store.NamesAsync(accountId, ct);
        var use = await store.UseAsync(accountId, ct);
        var names = tags.ConvertAll(tag => tag.Name);
        var stale = time.GetUtcNow().UtcDateTime.AddDays(-(staleDays == 0 ? DefaultStaleDays : staleDays));
        return new AuditTagsResponse
        {
            Tags = tags.Count,
            Findings =
            {
                tags.Select(tag => Policy(policy, tag.Name, tag.TagId)).OfType<TagFinding>(),
                NearDuplicates.Pairs(names).Select(pair => Near(
                    [tags[pair.First].TagId, tags[pair.Second].TagId], $"{Quoted([names[pair.First], names[pair.Second]])} are much alike.")),
                tags.Where(tag => use.TryGetValue(tag.TagId, out var found) && !found.Used).Select(tag => Of(
                    Kind.Unused, tag.TagId, $"No contact has \"{tag.Name}\".")),
                tags.Where(tag => use.TryGetValue(tag.TagId, out var found) && found.ChangedAt < stale).Select(tag => Of(
                    Kind.Stale, tag.TagId, $"\"{tag.Name}\" last came or went on {use[tag.TagId].ChangedAt:yyyy-MM-dd}.")),
            },
        };
    }

    private static TagFinding? Policy(NamingPolicy policy, string name, params int[] tagIds) =>
        NameRules.Check(policy, name) is var (_, problem, suggestion)
            ? new TagFinding { Kind = Kind.Policy, TagIds = { tagIds }, Message = $"\"{name}\": {problem}", Suggestion = suggestion }
            : null;

    private static TagFinding Near(int[] tagIds, string message) => new() { Kind = Kind.NearDuplicate, TagIds = { tagIds }, Message = message };

    private static TagFinding Unique(string name, string resemblance) =>
        new() { Kind = Kind.UniqueValue, Message = $"\"{name}\" {resemblance}: use a custom field." };

    private static TagFinding Of(Kind kind, int tagId, string message) => new() { Kind = kind, TagIds = { tagId }, Message = message };

    private static string Quoted(IEnumerable<string> names) => string.Join(" and ", names.Select(name => $"\"{name}\""));
}
