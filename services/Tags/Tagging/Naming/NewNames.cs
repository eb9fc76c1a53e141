using Crm.Tags.V1;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>The rules for names while many tags are created at once: an enforced policy applies to new tags only.</summary>
internal sealed class NewNames(NamingPolicy policy, IReadOnlySet<string> existing)
{
    /// <summary>Returns the problem with a name in its stored form, or null.</summary>
    public string? Problem(string name) =>
        policy.Mode == NamingPolicy.Types.Mode.Enforce && !existing.Contains(name) && NameRules.Check(policy, name) is var (_, problem, suggestion)
            ? $"breaks the naming policy: {problem}{(suggestion.Length > 0 ? $" Use \"{suggestion}\"." : "")}"
            : null;
}
