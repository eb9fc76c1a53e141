using System.Globalization;
using System.Text;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;

namespace TagSegments.Tags.Tagging.Naming;

/// <summary>Applies a naming policy to a name.</summary>
internal static class NameRules
{
    /// <summary>Finds violations of the policy: the rule, a description and, if there is an obvious one, a name that complies.</summary>
    public static (string Rule, string Problem, string Suggestion)? Check(NamingPolicy policy, string name)
    {
        if (policy.Mode is NamingPolicy.Types.Mode.Unspecified or NamingPolicy.Types.Mode.Off)
        {
            return null;
        }

        if (policy.ForbiddenCharacters.EnumerateRunes().FirstOrDefault(rune => name.Contains(rune.ToString(), StringComparison.Ordinal)) is
            { Value: > 0 } forbidden)
        {
            return ("FORBIDDEN_CHARACTER", $"The character \"{forbidden}\" is not allowed in names.", "");
        }

        if (policy.AllowedPrefixes.Count > 0 && name.Contains(':') && !policy.AllowedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return ("PREFIX", $"Names with a colon start with {string.Join(" or ", policy.AllowedPrefixes)}.", "");
        }

        return policy.TitleCase && TitleCase(name) is var suggestion && suggestion != name
            ? ("TITLE_CASE", "Every word begins with a capital letter.", suggestion)
            : null;
    }

    /// <summary>Throws INVALID_ARGUMENT with reason NAMING_POLICY if the policy is enforced and the name breaks it.</summary>
    public static void Enforce(NamingPolicy policy, string name, string field)
    {
        if (policy.Mode == NamingPolicy.Types.Mode.Enforce && Check(policy, name) is var (rule, problem, suggestion))
        {
            var message = suggestion.Length == 0 ? problem : $"{problem} Suggested: \"{suggestion}\".";
            throw RpcErrors.InvalidFields(
                ErrorReason.NamingPolicy, message, [(field, problem)], ("rule", rule), ("suggestion", suggestion));
        }
    }

    private static string TitleCase(string name)
    {
        var text = new StringBuilder(name.Length);
        var startsWord = true;
        foreach (var rune in name.EnumerateRunes())
        {
            text.Append(startsWord ? Rune.ToUpperInvariant(rune) : rune);
            startsWord = Rune.IsWhiteSpace(rune) || rune.Value is ':' or '-' or '/' or '(';
        }

        return text.ToString();
    }
}
