using System.CommandLine;
using TagSegments.Cli;
using TagSegments.Cli.Commands;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Standalone.Demo;

/// <summary>The command <c>demo</c>: runs the demo in services that run elsewhere, for example in containers or in a cluster.</summary>
internal static class DemoCommand
{
    private static readonly Option<int> Contacts = new("--contacts")
    {
        Description = "The number of contacts in the account.",
        HelpName = "n",
        DefaultValueFactory = _ => 20_000,
    };

    public static Command Build()
    {
        var command = new Command(
            "demo", "Run the main job, with all its checks, in a new account of services that are running elsewhere. The exit code is 0 only if every check passed.")
        {
            Contacts, GlobalOptions.Server, GlobalOptions.Token, GlobalOptions.Authority,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken ct)
    {
        try
        {
            using var services = new Services(
                ServerAddresses.Resolve(parse.GetValue(GlobalOptions.Server) ?? [], Environment.GetEnvironmentVariable),
                parse.GetValue(GlobalOptions.Token) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_TOKEN"),
                parse.GetValue(GlobalOptions.Authority) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_CA"));
            var report = new Report(Console.Out, Console.Error, isJson: false);
            await new DemoRun(services, report, TimeProvider.System).RunAsync(parse.GetValue(Contacts), sink: null, ct);
            return ExitCode.Done;
        }
        catch (Exception e) when (ErrorReport.From(e, ct) is { } report)
        {
            report.WriteTo(Console.Error, json: false);
            return report.ExitCode;
        }
    }
}
