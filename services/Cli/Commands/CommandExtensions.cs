using System.CommandLine;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>Connects commands to their actions.</summary>
internal static class CommandExtensions
{
    /// <summary>Runs <paramref name="work"/> when the command is called, and turns every failure into a message and an exit code.</summary>
    public static Command Runs(this Command command, Func<Session, CancellationToken, Task<int>> work)
    {
        command.SetAction(async (parse, ct) =>
        {
            try
            {
                using var session = new Session(parse);
                return await work(session, ct);
            }
            catch (Exception e) when (ErrorReport.From(e, ct) is { } report)
            {
                report.WriteTo(parse.InvocationConfiguration.Error, GlobalOptions.AsksForJson(parse));
                return report.ExitCode;
            }
        });
        return command;
    }

    /// <summary>Runs <paramref name="work"/>, which succeeds unless it throws.</summary>
    public static Command Runs(this Command command, Func<Session, CancellationToken, Task> work) => command.Runs(async (session, ct) =>
    {
        await work(session, ct);
        return ExitCode.Done;
    });
}
