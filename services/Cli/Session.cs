using System.CommandLine;
using TagSegments.Cli.Commands;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli;

/// <summary>One run of one command: its options, the services and the output.</summary>
internal sealed class Session : IDisposable
{
    private readonly ParseResult _parse;

    public Session(ParseResult parse)
    {
        _parse = parse;
        Times.Use(parse.GetValue(GlobalOptions.TimesIn) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_TIMES_IN") ?? "");
        Services = new(
            ServerAddresses.Resolve(parse.GetValue(GlobalOptions.Server) ?? [], Environment.GetEnvironmentVariable),
            parse.GetValue(GlobalOptions.Token) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_TOKEN"),
            parse.GetValue(GlobalOptions.Authority) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_CA"));
        Report = new(parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, GlobalOptions.AsksForJson(parse));
        Account = parse.GetValue(GlobalOptions.Account) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_ACCOUNT") ?? "";
    }

    public Services Services { get; }

    public Report Report { get; }

    public string Account { get; }

    public T? Get<T>(Option<T> option) => _parse.GetValue(option);

    /// <summary>Checks whether an option is on the command line.</summary>
    public bool Given(Option option) => _parse.GetResult(option) is { Implicit: false };

    public T Get<T>(Argument<T> argument) => _parse.GetRequiredValue(argument);

    public T? GetOptional<T>(Argument<T> argument) => _parse.GetValue(argument);

    /// <summary>Gets the account for a command that needs one.</summary>
    public string RequireAccount() => Account is { Length: > 0 } account
        ? account
        : throw new CliError("No account is given.", "Add --account NAME or set TAGSEGMENTS_ACCOUNT; `tagsegments accounts list` shows the names.");

    public void Dispose() => Services.Dispose();
}
