using Crm.Tags.V1;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>Checks names of tags against the account's policy and the names that exist.</summary>
internal sealed class NameGuard(NamingStore store)
{
    /// <summary>
    /// Finds what about new names deserves a look. Throws INVALID_ARGUMENT with reason NAMING_POLICY, naming the field, if an enforced policy
    /// forbids one of them.
    /// </summary>
    public async Task<List<TagFinding>> CheckAsync(
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

    /// <summary>Finds possible problems with names, whether or not tags have them.</summary>
    public async Task<List<TagFinding>> FindAsync(AccountInfo account, IEnumerable<string> names, CancellationToken ct) =>
        await FindAsync(account, await store.PolicyAsync(account.Id, ct), names, ct);

    /// <summary>Reads which names tags may get when hundreds are created at once.</summary>
    public async Task<NewNames> NewNamesAsync(AccountInfo account, CancellationToken ct)
    {
        var policy = await store.PolicyAsync(account.Id, ct);
        var existing = policy.Mode == NamingPolicy.Types.Mode.Enforce ? await store.NamesAsync(account.Id, ct) : [];
        return new NewNames(policy, existing.Select(tag => tag.Name).ToHashSet(StringComparer.Ordinal));
    }

    private async Task<List<TagFinding>> FindAsync(AccountInfo account, NamingPolicy policy, IEnumerable<string> names, CancellationToken ct)
    {
        var findings = new List<TagFinding>();
        foreach (var name in names)
        {
            findings.AddRange(await FindAsync(account.Id, policy, name, ct));
        }

        return findings;
    }

    private async Task<List<TagFinding>> FindAsync(int accountId, NamingPolicy policy, string name, CancellationToken ct)
    {
        var findings = new List<TagFinding>();
        if (Findings.Policy(policy, name) is { } broken)
        {
            findings.Add(broken);
        }

        var key = NearDuplicates.Key(name);
        var near = (await store.CandidatesAsync(accountId, key.Length, ct))
            .Where(tag => tag.Name != name && NearDuplicates.AreNear(tag.NearKey ?? NearDuplicates.Key(tag.Name), key))
            .Select(tag => (tag.TagId, tag.Name))
            .ToList();
        if (near.Count > 0)
        {
            findings.Add(Findings.NearDuplicate(name, near));
        }

        if (UniqueValues.Recognise(name) is { } resemblance)
        {
            findings.Add(Findings.UniqueValue(name, resemblance));
        }
        else if (UniqueValues.Shape(name) is { } shape && await store.HasManyOfShapeAsync(accountId, shape, UniqueValues.ManyOfOneShape, ct))
        {
            findings.Add(Findings.UniqueValue(name, $"is one of many that differ only in a number, like \"{shape}\""));
        }

        return findings;
    }
}
