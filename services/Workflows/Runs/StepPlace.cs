using System.Globalization;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Runs;

/// <summary>A place in a list of steps.</summary>
internal sealed record StepPlace(Guid RunId, int Step, int Attempt)
{
    public static StepPlace Of(RunStep step) => new(Guid.Parse(step.RunId), step.Step.Step_, step.Step.Attempt);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static StepPlace? Parse(string? text) => text?.Split(' ') is [var runId, var step, var attempt]
        ? new(Guid.Parse(runId), int.Parse(step, CultureInfo.InvariantCulture), int.Parse(attempt, CultureInfo.InvariantCulture))
        : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RunId} {Step} {Attempt}");
}
