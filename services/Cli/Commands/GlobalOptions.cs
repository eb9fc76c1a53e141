using System.CommandLine;
using System.CommandLine.Parsing;

namespace TagSegments.Cli.Commands;

/// <summary>The options that every command has.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Account = new("--account", "-a")
    {
        Description = "The account to work in. Defaults to TAGSEGMENTS_ACCOUNT.",
        HelpName = "name",
        Recursive = true,
    };

    public static readonly Option<string> Output = new Option<string>("--output", "-o")
    {
        Description = "The output format: table for people (the default), json for programs.",
        HelpName = "table|json",
        Recursive = true,
    }.AcceptOnlyFrom("table", "json");

    public static readonly Option<string[]> Server = new("--server")
    {
        Description = "The address of the services: a host for all four on ports 5101 to 5104, or SERVICE=URL for one of tags, segments, campaigns, "
            + "workflows; may be given several times. Defaults to TAGSEGMENTS_TAGS and so on, then to 127.0.0.1.",
        HelpName = "host|service=url",
        Recursive = true,
    };

    public static readonly Option<string> Token = new("--token")
    {
        Description = "The bearer token or API key to send. Defaults to TAGSEGMENTS_TOKEN.",
        HelpName = "token",
        Recursive = true,
    };

    public static readonly Option<string> Authority = new("--ca")
    {
        Description = "A PEM file with the certificate authority of the services, for https addresses. The authorities that the machine trusts do not count then. "
            + "Defaults to TAGSEGMENTS_CA.",
        HelpName = "file",
        Recursive = true,
    };

    public static readonly Option<string> TimesIn = new("--times-in")
    {
        Description = "The IANA zone in which times are shown, for example Europe/Vienna. Defaults to TAGSEGMENTS_TIMES_IN, then to UTC, and for schedules "
            + "to their own zone. JSON is always in UTC.",
        HelpName = "zone",
        Recursive = true,
    };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Account);
        root.Options.Add(Output);
        root.Options.Add(Server);
        root.Options.Add(Token);
        root.Options.Add(Authority);
        root.Options.Add(TimesIn);
    }

    /// <summary>Returns whether the answer is to be JSON, even if the command line is wrong.</summary>
    public static bool AsksForJson(ParseResult parse) => parse.GetResult(Output) is { Tokens: [{ Value: "json" }] };

    /// <summary>Gets the words that lead to a command, for example `tagsegments tags add`.</summary>
    public static IEnumerable<string> PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? PathOf(parent).Append(command.Command.Name) : ["tagsegments"];
}
