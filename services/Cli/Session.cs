using System.CommandLine;
using TagSegments.Cli.Commands;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;

namespace TagSegments.Cli;

/// <summary>One run of one command: its options, the services and the output.</summary>
internal sealed class Session(ParseResult parse) : IDisposable
{
    public Services Services { get; } = new(
        ServerAddresses.Resolve(parse.GetValue(GlobalOptions.Server) ?? [], Environment.GetEnvironmentVariable),
        parse.GetValue(GlobalOptions.Token) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_TOKEN"),
        parse.GetValue(GlobalOptions.Authority) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_CA"));

    public Report Report { get; } = new(parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error, GlobalOptions.AsksForJson(parse));

    public string Account { get; } = parse.GetValue(GlobalOptions.Account) ?? Environment.GetEnvironmentVariable("TAGSEGMENTS_ACCOUNT") ?? "";

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    /// <summary>Checks whether an option is on the command line.</summary>
    public bool Given(Option option) => parse.GetResult(option) is { Implicit: false };

    public T Get<T>(Argument<T> argument) => parse.GetRequiredValue(argument);

    public T? GetOptional<T>(Argument<T> argument) => parse.GetValue(argument);

    /// <summary>Gets the account for a command that needs one.</summary>
    public string RequireAccount() => Account is { Length: > 0 } account
        ? account
        : throw new CliError("No account is given.", "Add --account NAME or set TAGSEGMENTS_ACCOUNT; `tagsegments accounts list` shows the names.");

    public void Dispose() => Services.Dispose();
}
