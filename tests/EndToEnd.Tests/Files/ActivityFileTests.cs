using System.IO.Compression;
using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>Files of activities in other forms: by phone, as JSON lines, with names of months in other languages (the kind of row C20 of the page of faults).</summary>
public sealed class ActivityFileTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private const long March = 1_709_280_000;
    private readonly Cli _cli = new(shared.Apps);
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        await shared.Apps.Accounts.UpdateAccountAsync(new() { Account = _account, Country = "AT" });
        var people = await FileAsync("people.csv", "external_id,email,phone\na,ann@example.com,0660 1234567\nb,ben@example.com,+43 660 7654321\n");
        var imported = await _cli.RunAsync("import", people, "--external-id", "external_id", "--account", _account);
        Assert.True(imported.Code == 0, imported.ToString());
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("Mobile,Time\n+43 660 1234567,2024-03-01T08:00:00Z\n")]
    [InlineData("nr,Time\n0660/1234567,2024-03-01T08:00:00Z\n", "--phone", "nr")]
    [InlineData("who,Time\n+436601234567,2024-03-01T08:00:00Z\n", "--contact", "who")]
    [InlineData("Phone Number,Email,Time\n+436607654321,ann@example.com,2024-03-01T08:00:00Z\n")]
    public async Task Contacts_are_found_by_phone(string content, params string[] options)
    {
        var result = await ImportAsync(await FileAsync("opens.csv", content), ["--kind", "opened", .. options]);

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(1, await CountAsync("opened email AND external_id = \"a\""));
        Assert.Equal(1, await CountAsync("opened email"));
    }

    [Fact]
    public async Task A_phone_beside_another_key_stays_a_property()
    {
        var file = await FileAsync("orders.csv", "email,phone,time\nann@example.com,+49 1,2024-03-01\n");

        await ImportAsync(file, "--kind", "Purchase");

        Assert.Equal(1, await CountAsync("did \"Purchase\" (phone = \"+49 1\")"));
    }

    [Fact]
    public async Task A_file_with_an_object_in_each_line_is_read_and_bad_lines_are_named()
    {
        var file = await FileAsync("events.jsonl", """
            {"email": "ann@example.com", "event": "opened", "time": "2024-03-01T08:00:00Z"}

            {"email": "ann@example.com", "event": "Purchase", "time": 1709280000, "order": {"id": 17, "items": ["tea", "a;b"]}, "gift": true, "note": null}
            {"email": "nobody@x.example", "event": "opened", "time": "2024-03-01T08:00:00Z"}
            {"email": "ann@example.com"
            [1, 2]
            {"event": "clicked", "time": "2024-03-01T08:00:00Z"}
            """);

        var dry = await ImportAsync(file, "--dry-run");
        var first = await ImportAsync(file);
        var again = await ImportAsync(file);

        Assert.Equal((6, 2, 1, 3), (Number(first, "rows"), Number(first, "recorded"), Number(first, "unknown_contacts"), Number(first, "bad")));
        Assert.Equal((first.Output, 4), (dry.Output, first.Code));
        Assert.Equal((0, 2), (Number(again, "recorded"), Number(again, "already_there")));
        Assert.Equal(
            [4, 5, 6, 7], first.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["line"]!.GetValue<int>()).Order());
        Assert.Equal(1, await CountAsync("did \"Purchase\" ([order.id] = 17 AND gift = \"true\")"));
        Assert.Equal(1, await CountAsync("did \"Purchase\" ([order.items] = \"tea;\\\"a;b\\\"\")"));
    }

    [Theory]
    [InlineData("[{\"email\": \"ann@example.com\"}]", "jq")]
    [InlineData("{\"email\": \"ann@example.com\"}", "looks like the times")]
    [InlineData("{}", "no JSON object")]
    public async Task JSON_in_another_form_is_refused_with_what_helps(string content, string expected)
    {
        var result = await ImportAsync(await FileAsync("events.json", content), "--kind", "opened");

        Assert.NotEqual(0, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_file_of_lines_is_read()
    {
        var path = Path.Combine(_folder, "events.jsonl.gz");
        await using (var gzip = new GZipStream(File.Create(path), CompressionMode.Compress))
        {
            await gzip.WriteAsync("{\"email\":\"ann@example.com\",\"event\":\"opened\",\"time\":\"2024-03-01\"}\n"u8.ToArray());
        }

        Assert.Equal(1, Number(await ImportAsync(path), "recorded"));
    }

    [Theory]
    [InlineData("1. März 2024 08:00", "")]
    [InlineData("1er mars 2024 à 8h00", "")]
    [InlineData("1 de março de 2024, 08:00", "")]
    [InlineData("01-mrt-2024 08:00", "")]
    [InlineData("01. März 2024 08:00", "dd. MMMM yyyy HH:mm")]
    public async Task Names_of_months_are_read_in_other_languages(string time, string format)
    {
        var file = await FileAsync("opens.csv", $"email,time\nann@example.com,\"{time}\"\n");

        var result = await ImportAsync(file, ["--kind", "open", "--time-zone", "UTC", .. format.Length > 0 ? new[] { "--time-format", format } : []]);

        Assert.True(result.Code == 0, result.ToString());
        var listed = await shared.Apps.Activity.ListActivitiesAsync(new() { Account = _account, ContactId = 1 });
        Assert.Equal(March, Assert.Single(listed.Activities).Time.Seconds);
    }

    [Theory]
    [InlineData("unix_ms", "1709280000", "unix is for seconds")]
    [InlineData("unix", "1709280000123", "unix_ms is for milliseconds")]
    [InlineData("unix_ms", "45000", "unix is for seconds")]
    public async Task Seconds_and_milliseconds_are_not_mistaken_for_each_other(string format, string time, string expected)
    {
        var result = await ImportAsync(await FileAsync("opens.csv", $"email,time\nann@example.com,{time}\n"), "--kind", "open", "--time-format", format);

        Assert.Equal(4, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("opened email"));
    }

    private static int Number(CliResult result, string name) => JsonNode.Parse(result.Output)![name]!.GetValue<int>();

    private Task<CliResult> ImportAsync(string file, params string[] options) =>
        _cli.RunAsync(["activities", "import", file, "--account", _account, .. options, "--output", "json"]);

    private Task<int> CountAsync(string filter) => _cli.CountAsync(_account, filter);

    private async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }
}
