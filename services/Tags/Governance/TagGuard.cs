using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Governance;

/// <summary>Keeps the library within its rules while it is changed.</summary>
internal sealed class TagGuard(GovernanceStore store, TagUsages usages)
{
    /// <summary>Throws INVALID_ARGUMENT with reason NAMING_POLICY if an enforced policy forbids one of the names.</summary>
    public async Task CheckNamesAsync(AccountInfo account, IEnumerable<string> names, CancellationToken ct)
    {
        var policy = await store.PolicyAsync(account.Id, ct);
        foreach (var name in names)
        {
            NameRules.Enforce(policy, name);
        }
    }

    /// <summary>Throws FAILED_PRECONDITION with reason IN_USE if anything uses the tag.</summary>
    public Task RequireUnusedAsync(AccountInfo account, int tagId, CancellationToken ct) => usages.RequireUnusedAsync(account.Name, tagId, ct);
}
