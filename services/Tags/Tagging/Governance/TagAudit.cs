using Crm.Tags.V1;
using TagSegments.Tags.Tagging.Naming;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Finds possible problems in the whole library.</summary>
internal sealed class TagAudit(NamingStore naming, GovernanceStore store, TimeProvider time)
{
    private const int DefaultStaleDays = 180;
    private const int MaxNearDuplicates = 1_000;

    /// <summary>Audits the library.</summary>
    public async Task<AuditTagsResponse> RunAsync(int accountId, int staleDays, CancellationToken ct)
    {
        var policy = await naming.PolicyAsync(accountId, ct);
        var tags = await naming.NamesAsync(accountId, ct);
        var use = await store.UseAsync(accountId, ct);
        var stale = time.GetUtcNow().UtcDateTime.AddDays(-(staleDays == 0 ? DefaultStaleDays : staleDays));
        var (near, hasMore) = NearPairs.Find(tags.ConvertAll(tag => tag.Name), MaxNearDuplicates, ct);
        return new AuditTagsResponse
        {
            Tags = tags.Count,
            MoreNearDuplicates = hasMore,
            Findings =
            {
                tags.Select(tag => Findings.Policy(policy, tag.Name, tag.TagId)).OfType<TagFinding>(),
                near.Select(pair => Findings.NearDuplicates(tags[pair.First], tags[pair.Second])),
                tags.Where(tag => use.TryGetValue(tag.TagId, out var found) && !found.Used).Select(tag => Findings.Unused(tag.TagId, tag.Name)),
                tags.Where(tag => use.TryGetValue(tag.TagId, out var found) && found.ChangedAt < stale)
                    .Select(tag => Findings.Stale(tag.TagId, tag.Name, use[tag.TagId].ChangedAt!.Value)),
            },
        };
    }
}
