using Crm.Tags.V1;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Keeps the library within its rules while it is changed.</summary>
internal sealed class TagGuard(GovernanceStore store, TagAudit audit, TagUsages usages)
{
    /// <summary>
    /// Tells what about new names deserves a look. Throws INVALID_ARGUMENT with reason NAMING_POLICY, naming the field, if an enforced policy
    /// forbids one of them.
    /// </summary>
    public async Task<List<TagFinding>> CheckNamesAsync(
        AccountInfo account, IReadOnlyCollection<(string Field, string Name)> names, CancellationToken ct)
    {
        if (names.Count == 0)
        {
            return [];
        }

        var policy = await store.PolicyAsync(account.Id, ct);
        foreach (var (field, name) in names)
        {
            NameRules.Enforce(policy, name, field);
        }

        return await FindAsync(account, policy, names.Select(entry => entry.Name), ct);
    }

    /// <summary>Tells what about names deserves a look, whether or not tags have them by now.</summary>
    public async Task<List<TagFinding>> FindAsync(AccountInfo account, IEnumerable<string> names, CancellationToken ct) =>
        await FindAsync(account, await store.PolicyAsync(account.Id, ct), names, ct);

    /// <summary>Reads what names tags may get that are created by the hundred.</summary>
    public async Task<NewNames> NewNamesAsync(AccountInfo account, CancellationToken ct)
    {
        var policy = await store.PolicyAsync(account.Id, ct);
        var existing = policy.Mode == NamingPolicy.Types.Mode.Enforce ? await store.NamesAsync(account.Id, ct) : [];
        return new NewNames(policy, existing.Select(tag => tag.Name).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Throws FAILED_PRECONDITION with reason IN_USE if anything uses the tag.</summary>
    public Task RequireUnusedAsync(AccountInfo account, int tagId, CancellationToken ct) => usages.RequireUnusedAsync(account.Name, tagId, ct);

    private async Task<List<TagFinding>> FindAsync(AccountInfo account, NamingPolicy policy, IEnumerable<string> names, CancellationToken ct)
    {
        var findings = new List<TagFinding>();
        foreach (var name in names)
        {
            findings.AddRange(await audit.CheckNameAsync(account.Id, policy, name, ct));
        }

        return findings;
    }
}
