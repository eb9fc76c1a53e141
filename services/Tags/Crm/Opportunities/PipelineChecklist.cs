using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>The rules for pipelines and stages.</summary>
internal static class PipelineChecklist
{
    /// <summary>The most stages of a pipeline.</summary>
    public const int MaxStages = 100;

    /// <summary>The most pipelines of an account.</summary>
    public const int MaxPipelines = 100;

    /// <summary>Returns the problem with the name of a pipeline or stage, or null.</summary>
    public static string? NameProblem(string name) =>
        name.Length is 0 or > 200 ? "must have 1 to 200 characters"
        : name.Trim() != name ? "must not start or end with white space"
        : name.Any(char.IsControl) ? "must not contain control characters"
        : null;

    /// <summary>Throws INVALID_ARGUMENT with everything that is wrong with a pipeline.</summary>
    public static void Check(Pipeline pipeline)
    {
        var checks = new FieldChecks();
        RequireName(checks, "pipeline.name", pipeline.Name);
        checks.Require(pipeline.Stages.Count is > 0 and <= MaxStages, "pipeline.stages", $"must be 1 to {MaxStages}");
        for (var i = 0; i < pipeline.Stages.Count; i++)
        {
            RequireName(checks, $"pipeline.stages[{i}].name", pipeline.Stages[i].Name);
            checks.Require(
                pipeline.Stages.Take(i).All(other => other.Name != pipeline.Stages[i].Name), $"pipeline.stages[{i}].name", "is there already");
        }

        checks.ThrowIfAny();
    }

    private static void RequireName(FieldChecks checks, string path, string name) =>
        checks.Require(NameProblem(name) is null, path, NameProblem(name) ?? "");
}
