using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using TagSegments.Cli;
using TagSegments.Cli.Output;

namespace TagSegments.Standalone.Demo;

/// <summary>Reports the steps of the demo, and ends it at the first check that fails.</summary>
internal sealed class DemoReport(Report report)
{
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly JsonArray _steps = [];

    /// <summary>Begins a chapter.</summary>
    public void Heading(string text) => report.Say($"{Environment.NewLine}{text}");

    /// <summary>Reports a step that was done.</summary>
    public void Done(string text) => Add(text, "done", $"  {text}");

    /// <summary>Reports a check that passed, or ends the demo.</summary>
    public void Check(bool isSo, string text)
    {
        Add(text, isSo ? "ok" : "failed", $"  [{(isSo ? "ok" : "FAILED")}] {text}");
        if (!isSo)
            throw new CliError($"The demo failed. This check did not pass: {text}", "This is a defect; the log of the services has the details.", ExitCode.Refused);
    }

    /// <summary>Checks that <paramref name="actual"/> is the expected number, or ends the demo.</summary>
    public void Check(long expected, long actual, string what) => Check(
        expected == actual,
        expected == actual ? string.Create(CultureInfo.InvariantCulture, $"{what}: {actual:N0}") : string.Create(CultureInfo.InvariantCulture, $"{what}: {actual:N0} instead of {expected:N0}"));

    /// <summary>Shows a line that belongs to the step before.</summary>
    public void Detail(string text) => report.Say($"      {text}");

    /// <summary>Ends the report after every check has passed.</summary>
    public void Finish(string account)
    {
        var answer = new JsonObject { ["account"] = account, ["seconds"] = Math.Round(_time.Elapsed.TotalSeconds, 1), ["steps"] = _steps };
        var checks = _steps.Count(step => step!["result"]!.GetValue<string>() == "ok");
        report.Say(string.Create(CultureInfo.InvariantCulture, $"{Environment.NewLine}All {checks} checks passed in {_time.Elapsed.TotalSeconds:N1} s."));
        if (report.IsJson)
            report.Output.WriteLine(ProtoJson.Line(answer));
    }

    private void Add(string text, string result, string line)
    {
        _steps.Add(new JsonObject { ["step"] = text, ["result"] = result });
        report.Say(line);
    }
}
