using Crm.Tags.V1;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>What names tags may get while many are created at once: an enforced policy is for new tags, those that exist keep their names.</summary>
internal sealed class NewNames(NamingPolicy policy, IReadOnlySet<string> existing)
{
    /// <summary>Tells what is wrong with a name in its stored form; null if nothing is.</summary>
    public string? Problem(string name) =>
        policy.Mode == NamingPolicy.Types.Mode.Enforce && !existing.Contains(name) && NameRules.Check(policy, name) is var (_, problem, suggestion)
            ? $"breaks the naming policy: {problem}{(suggestion.Length > 0 ? $" Use \"{suggestion}\"." : "")}"
            : null;
}
