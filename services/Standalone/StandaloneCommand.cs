using System.CommandLine;
using TagSegments.Standalone.Demo;

namespace TagSegments.Standalone;

/// <summary>The command line of the program.</summary>
internal static class StandaloneCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "The folder for all data. Defaults to tagsegments in the user's folder for application data.",
        HelpName = "dir",
        DefaultValueFactory = _ => DataFolder.Default(),
    };

    private static readonly Option<bool> Demo = new("--demo") { Description = "Load a demo account and run the main job in it, even if there are accounts." };
    private static readonly Option<bool> NoDemo = new("--no-demo") { Description = "Do not load a demo account at the first start." };
    private static readonly Option<bool> ExitAfterDemo = new("--exit-after-demo") { Description = "Stop after the demo. The exit code is 0 only if every check passed." };

    private static readonly Option<int> DemoContacts = new("--demo-contacts")
    {
        Description = "The number of contacts in the demo account.",
        HelpName = "n",
        DefaultValueFactory = _ => 20_000,
    };

    private static readonly Option<int> ConsolePort = Port("--console-port", 5100);
    private static readonly Option<int> TagsPort = Port("--tags-port", 5101);
    private static readonly Option<int> SegmentsPort = Port("--segments-port", 5102);
    private static readonly Option<int> CampaignsPort = Port("--campaigns-port", 5103);
    private static readonly Option<int> WorkflowsPort = Port("--workflows-port", 5104);
    private static readonly Option<int> HttpPort = Port("--http-port", 5180);
    private static readonly Option<int> ManagementPort = Port("--management-port", 5190);
    private static readonly Option<int> SmtpPort = Port("--smtp-port", 5125);

    private static readonly Option<string> Postgres = new("--postgres")
    {
        Description = "A PostgreSQL to use instead of a private one: the owner's connection string. Defaults to Postgres__OwnerConnectionString.",
        HelpName = "connection",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("Postgres__OwnerConnectionString") ?? "",
    };

    private static readonly Option<string> Redis = new("--redis")
    {
        Description = "A Redis to use instead of the embedded one. Defaults to Redis__ConnectionString.",
        HelpName = "host:port",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("Redis__ConnectionString") ?? "",
    };

    private static readonly Option<bool> Auth = new("--auth") { Description = "Ask every call for a token. The file token in the data folder holds one for everything, until the program stops." };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show the services' log." };

    public static async Task<int> RunAsync(string[] args)
    {
        var command = new RootCommand("TagSegments on one machine: all services in one process, with a database, a cache and a mail server of its own.")
        {
            Data, Demo, NoDemo, ExitAfterDemo, DemoContacts, ConsolePort, TagsPort, SegmentsPort, CampaignsPort, WorkflowsPort, HttpPort, ManagementPort, SmtpPort, Postgres, Redis, Auth, Verbose,
            DemoCommand.Build(),
        };
        command.SetAction((parse, ct) => StandaloneProgram.RunAsync(Read(parse), ct));
        var parse = command.Parse(args);
        // This program handles signals itself: an orderly stop of the database takes longer than the library's two seconds.
        var code = await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parse.Errors.Count > 0 ? 2 : code;
    }

    private static StandaloneOptions Read(ParseResult parse) => new()
    {
        Data = Path.GetFullPath(parse.GetRequiredValue(Data)),
        Ports = new(
            parse.GetValue(ConsolePort), parse.GetValue(TagsPort), parse.GetValue(SegmentsPort), parse.GetValue(CampaignsPort), parse.GetValue(WorkflowsPort),
            parse.GetValue(HttpPort), parse.GetValue(ManagementPort), parse.GetValue(SmtpPort)),
        Demo = (parse.GetValue(Demo) || parse.GetValue(ExitAfterDemo), parse.GetValue(NoDemo)) switch
        {
            (true, _) => true,
            (_, true) => false,
            _ => null,
        },
        DemoContacts = parse.GetValue(DemoContacts),
        ExitAfterDemo = parse.GetValue(ExitAfterDemo),
        Postgres = parse.GetValue(Postgres),
        Redis = parse.GetValue(Redis),
        Auth = parse.GetValue(Auth),
        Verbose = parse.GetValue(Verbose),
    };

    private static Option<int> Port(string name, int port) => new(name) { Description = $"Defaults to {port}.", HelpName = "port", DefaultValueFactory = _ => port };
}
