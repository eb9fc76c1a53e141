using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>The commands of "Coming from another tool", run with files of the form that each tool exports: who refused there is not mailable here.</summary>
public sealed partial class ComingFromTests(SharedApps shared) : IClassFixture<SharedApps>, IDisposable
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "services/Tags/Crm/Imports/README.md"));
    private readonly Cli _cli = new(shared.Apps);
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("From Mailchimp", "ann", "ben cyd", "ann", "Client, 2024|VIP")]
    [InlineData("From HubSpot", "ann", "ben cyd dan", "", "Lead: New")]
    [InlineData("From Mautic", "ann", "ben cyd", "", "news|vip")]
    [InlineData("From listmonk", "ann", "ben cyd", "", "List: Customers|List: News")]
    [InlineData("From HighLevel", "ann", "ben cyd", "", "hot lead|webinar")]
    [InlineData("From Klaviyo", "ann dan", "ben cyd", "ann", "")]
    [InlineData("From ActiveCampaign", "ann", "ben cyd dan", "ann", "vip|webinar 2024")]
    [InlineData("From Brevo", "ann", "ben", "", "List: Customers|List: Newsletter")]
    [InlineData("From Keila", "ann", "ben cyd", "", "")]
    [InlineData("From TagSegments", "ann", "ben", "ann", "VIP, big|a;b")]
    [InlineData("Lists of people who opted out", "", "ben", "", "")]
    public async Task C4_C17_everybody_arrives_and_who_refused_refuses(string section, string reachable, string refusing, string subscribed, string tags)
    {
        await WriteFilesAsync(section);
        var account = await shared.Apps.NewAccountAsync();
        var commands = Commands(section);
        Assert.NotEmpty(commands);

        foreach (var command in commands)
        {
            string[] args = [.. command.Select(word => word == "acme" ? account : File.Exists(Path.Combine(_folder, word)) ? Path.Combine(_folder, word) : word)];
            if (args[0] == "import")
            {
                var said = await _cli.RunAsync([.. args, "--dry-run"]);
                Assert.True(said.Code == 0, said.ToString());
            }

            var result = await _cli.RunAsync(args);
            Assert.True(result.Code == 0, result.ToString());
        }

        var people = await PeopleAsync(account);
        Assert.Equal(reachable, Names(people, person => !Refuses(person)));
        Assert.Equal(refusing, Names(people, Refuses));
        Assert.Equal(subscribed, Names(people, person => StateOf(person) == "SUBSCRIBED"));
        Assert.Equal(tags, string.Join('|', (await _cli.JsonAsync("tags", "list", "--account", account))["tags"]!.AsArray().Select(tag => tag!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal)));
        // Once more, and nothing changes.
        foreach (var command in commands.Where(command => command[0] == "import" && section != "Lists of people who opted out"))
        {
            await _cli.RunAsync([.. command.Select(word => word == "acme" ? account : File.Exists(Path.Combine(_folder, word)) ? Path.Combine(_folder, word) : word)]);
        }

        Assert.Equal(people.Count, (await PeopleAsync(account)).Count);
    }

    [Fact]
    public void Every_tool_has_a_section()
    {
        var tools = Enum.GetValues<Crm.Contacts.V1.ImportOptions.Types.Tool>().Where(tool => tool != 0).Select(tool => tool.ToString().ToUpperInvariant());

        Assert.Equal(tools.Order(), Heading().Matches(s_page).Select(heading => heading.Groups[1].Value.ToUpperInvariant()).Order());
    }

    private static List<string[]> Commands(string section) =>
    [
        .. Block().Match(s_page[s_page.IndexOf($"## {section}\n", StringComparison.Ordinal)..]).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Word().Matches(line).Select(word => word.Value.Trim('\'')).Skip(1).ToArray()),
    ];

    private async Task<JsonArray> PeopleAsync(string account) => (await _cli.JsonAsync("contacts", "list", "--account", account))["contacts"]!.AsArray();

    private static string Names(JsonArray people, Func<JsonNode, bool> isMeant) =>
        string.Join(' ', people.Where(person => isMeant(person!)).Select(person => person!["email"]!.GetValue<string>().Split('@')[0]).Order(StringComparer.Ordinal));

    private static bool Refuses(JsonNode person) => StateOf(person) == "UNSUBSCRIBED" || person["do_not_disturb"]!.GetValue<bool>();

    private static string StateOf(JsonNode person) =>
        person["consents"]!.AsArray().Single(consent => consent!["channel"]!.GetValue<string>() == "EMAIL")!["state"]!.GetValue<string>();

    private async Task WriteFilesAsync(string section)
    {
        if (section == "From TagSegments")
        {
            await ExportAsync();
            return;
        }

        foreach (var (name, text) in ToolFiles.Of(section))
        {
            if (Path.GetDirectoryName(name) is not { Length: > 0 } archive)
            {
                await File.WriteAllTextAsync(Path.Combine(_folder, name), text);
                continue;
            }

            await using var zip = await ZipFile.OpenAsync(Path.Combine(_folder, archive), File.Exists(Path.Combine(_folder, archive)) ? ZipArchiveMode.Update : ZipArchiveMode.Create);
            await using var entry = new StreamWriter(zip.CreateEntry(Path.GetFileName(name)).Open());
            await entry.WriteAsync(text);
        }
    }

    private async Task ExportAsync()
    {
        var account = await shared.Apps.NewAccountAsync();
        var file = Path.Combine(_folder, "people.csv");
        await File.WriteAllTextAsync(file, "email,first name,tags,consent\nann@example.org,Ann,\"\"\"VIP, big\"\";\"\"a;b\"\"\",yes\nben@example.org,Ben,,no\n");
        await _cli.RunAsync("import", file, "--account", account, "--tags-column", "tags", "--map", "consent=consent.email");
        await File.WriteAllTextAsync(Path.Combine(_folder, "tagsegments.csv"), (await _cli.RunAsync("contacts", "export", "--account", account)).Output);
        await File.WriteAllTextAsync(Path.Combine(_folder, "tagsegments.jsonl"), (await _cli.RunAsync("contacts", "export", "--account", account, "--format", "json_lines")).Output);
    }

    [GeneratedRegex(@"^## From (\w+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Heading();

    [GeneratedRegex(@"```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("'[^']*'|[^ ]+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
