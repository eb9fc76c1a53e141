using System.Text;
using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>The rules for definitions of custom fields.</summary>
internal static class FieldChecklist
{
    /// <summary>The most fields that an account may have.</summary>
    public const int MaxFields = 1_000;

    /// <summary>The most choices that a field may have.</summary>
    public const int MaxChoices = 1_000;

    private const int MaxChoiceLength = 200;

    // The names that filters give to built-in attributes: see crm.segments.v1.FieldRef.
    private static readonly HashSet<string> s_contactAttributes =
    [
        "contact_id", "external_id", "email", "phone", "first_name", "last_name", "time_zone", "language", "do_not_disturb", "created", "updated",
    ];

    private static readonly HashSet<string> s_opportunityAttributes =
    [
        "opportunity_id", "external_id", "contact_id", "name", "pipeline", "stage", "status", "amount", "opened", "closed", "stage_since",
    ];

    /// <summary>Returns the problem with a key, or null.</summary>
    public static string? KeyProblem(string key, Field.Types.Target target)
    {
        return key.Length is 0 or > 100 ? "must have 1 to 100 characters"
            : key.Trim() != key ? "must not start or end with white space"
            : key.Any(char.IsControl) ? "must not contain control characters"
            : !key.IsNormalized(NormalizationForm.FormC) ? "must be in Unicode normalization form C"
            : IsBuiltIn(Loose(key), target) ? "is the name of a built-in attribute"
            : null;
    }

    /// <summary>True for the name of a built-in attribute.</summary>
    public static bool IsBuiltIn(string name, Field.Types.Target target) =>
        (target == Field.Types.Target.Opportunity ? s_opportunityAttributes : s_contactAttributes).Contains(name);

    /// <summary>Returns the form in which filters compare names that people write; a field named "Created" would hide the attribute.</summary>
    public static string Loose(string key) => key.Replace(' ', '_').Replace('-', '_').ToLowerInvariant();

    /// <summary>Returns the problem with a choice, or null.</summary>
    public static string? ChoiceProblem(string choice) =>
        choice.Length is 0 or > MaxChoiceLength ? $"must have 1 to {MaxChoiceLength} characters"
        : choice.Trim() != choice ? "must not start or end with white space"
        : choice.Any(char.IsControl) ? "must not contain control characters"
        : null;

    /// <summary>Throws INVALID_ARGUMENT with everything that is wrong with a definition.</summary>
    public static void Check(Field field)
    {
        var takesChoices = field.Type is Field.Types.Type.SingleChoice or Field.Types.Type.MultipleChoice;
        var checks = new FieldChecks();
        checks.Require(Enum.IsDefined(field.Type) && field.Type != Field.Types.Type.Unspecified, "field.type", "is required");
        checks.Require(Enum.IsDefined(field.Target), "field.target", "is not a known target");
        checks.Require(field.Description.Length <= 2_000, "field.description", "is longer than 2,000 characters");
        checks.Require(!field.Description.Contains('\0'), "field.description", "must not contain the character U+0000");
        checks.Require(takesChoices || field.Choices.Count == 0, "field.choices", "are for choice fields only");
        checks.Require(field.Choices.Count <= MaxChoices, "field.choices", $"has more than {MaxChoices} entries");
        checks.Require(field.Choices.Distinct().Count() == field.Choices.Count, "field.choices", "must differ from each other");
        RequireNone(checks, "field.key", KeyProblem(field.Key, field.Target));
        for (var i = 0; i < field.Choices.Count; i++)
        {
            RequireNone(checks, $"field.choices[{i}]", ChoiceProblem(field.Choices[i]));
        }

        checks.ThrowIfAny();
    }

    private static void RequireNone(FieldChecks checks, string path, string? problem) => checks.Require(problem is null, path, problem ?? "");
}
