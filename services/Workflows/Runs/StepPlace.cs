using System.Globalization;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Runs;

/// <summary>A place in a list of steps.</summary>
internal sealed record StepPlace(DateTime At, Guid RunId, int Step, int Attempt)
{
    public static StepPlace Of(RunStep step) =>
        new(step.Step.Time.ToDateTime(), Guid.Parse(step.RunId), step.Step.Step_, step.Step.Attempt);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static StepPlace? Parse(string? text) => text?.Split(' ') is [var at, var runId, var step, var attempt]
        ? new(new(Number(at), DateTimeKind.Utc), Guid.Parse(runId), (int)Number(step), (int)Number(attempt))
        : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.Ticks} {RunId} {Step} {Attempt}");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
