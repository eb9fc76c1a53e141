using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The workflow commands: from a file to runs, their history and the commands for single runs.</summary>
public sealed class WorkflowCommandTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private const string Pause = """
        name: Pause
        triggers:
        - tag: {tags: [Hot Lead]}
        reentry: once_ever
        nodes:
        - id: pause
          wait: {period: 3 days}
          next: mark
        - id: mark
          add_tag: {tag: Warm Lead}
        """;

    private readonly Cli _cli = new(shared.Apps);
    private readonly string _file = Path.GetTempFileName();
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        await File.WriteAllTextAsync(_file, "key,tags\na,Hot Lead\nb,Hot Lead\nc,\n");
        await _cli.JsonAsync("import", _file, "--account", _account, "--external-id", "key", "--tags-column", "tags");
        await JsonAsync("tags", "create", "Warm Lead");
    }

    public Task DisposeAsync()
    {
        File.Delete(_file);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Apply_creates_then_updates_then_finds_nothing_to_do()
    {
        Assert.Contains("created; to publish it", (await ApplyAsync(Pause)).Output, StringComparison.Ordinal);
        Assert.Contains("already equals the file", (await ApplyAsync(Pause)).Output, StringComparison.Ordinal);
        Assert.Contains("updated and published as version 1", (await ApplyAsync(Pause.Replace("3 days", "4 days"), "--publish")).Output, StringComparison.Ordinal);
        Assert.Contains("updated; to publish it", (await ApplyAsync(Pause)).Output, StringComparison.Ordinal);

        Assert.Contains("4 days", (await RunAsync("workflows", "show", "Pause", "--version", "1")).Output, StringComparison.Ordinal);
        var listed = (await JsonAsync("workflows", "list"))["workflows"]!.AsArray();
        Assert.Equal((1, true), (listed.Count, listed[0]!["has_unpublished_changes"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Versions_are_listed_and_a_workflow_in_use_is_deleted_only_if_forced()
    {
        await ApplyAsync(Pause, "--publish");
        await JsonAsync("workflows", "enrol", "Pause", "--yes");
        await ApplyAsync(Pause.Replace("3 days", "4 days"), "--publish");

        var versions = (await JsonAsync("workflows", "versions", "Pause"))["versions"]!.AsArray();
        var refused = await RunAsync("workflows", "delete", "Pause");
        var deleted = await JsonAsync("workflows", "delete", "Pause", "--force");

        Assert.Equal([2, 1], versions.Select(version => version!["version"]!.GetValue<int>()));
        Assert.Equal(2, versions[1]!["active_runs"]!.GetValue<int>());
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("is published", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, deleted["cancelled_runs"]!.GetValue<int>());
        Assert.NotEqual(0, (await RunAsync("workflows", "show", "Pause")).Code);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("apply")]
    [InlineData("create")]
    public async Task Every_fault_of_a_file_is_shown_with_line_and_column_and_nothing_is_saved(string command)
    {
        await File.WriteAllTextAsync(_file, Pause.Replace("Warm Lead", "Nowhere").Replace("[Hot Lead]", "[Never]"));

        var result = await RunAsync("workflows", command, _file);

        Assert.Equal(1, result.Code);
        Assert.Contains($"{_file}:3:16: triggers[0].tag.tags[0]: there is no tag \"Never\"", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{_file}:10:13: nodes[1].add_tag.tag: there is no tag \"Nowhere\"", result.Error, StringComparison.Ordinal);
        Assert.Empty((await JsonAsync("workflows", "list"))["workflows"]?.AsArray() ?? []);
    }

    [Fact]
    public async Task Validate_shows_the_loops_that_a_workflow_would_make()
    {
        await File.WriteAllTextAsync(_file, "{name: Loop, triggers: [{tag: {change: removed, tags: [Hot Lead]}}], nodes: [{id: off, remove_tag: {tag: Hot Lead}}]}");

        var result = await RunAsync("workflows", "validate", _file);

        Assert.Equal(0, result.Code);
        Assert.Contains("Loop > tag \"Hot Lead\" removed > Loop", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Existing_holders_are_counted_first_and_enrolled_with_yes()
    {
        await ApplyAsync(Pause, "--publish");

        var counted = await JsonAsync("workflows", "enrol", "Pause");
        Assert.Empty(await RunsAsync());
        var enrolled = await JsonAsync("workflows", "enrol", "Pause", "--yes");
        var others = await JsonAsync("workflows", "enrol", "Pause", "--filter", "has no tag", "--yes");

        Assert.Equal((2, 2), (counted["enrolled"]!.GetValue<int>(), enrolled["enrolled"]!.GetValue<int>()));
        Assert.Equal(1, others["enrolled"]!.GetValue<int>());
        Assert.Equal(3, (await RunsAsync()).Count);
    }

    [Fact]
    public async Task Runs_are_moved_cancelled_and_told_of()
    {
        await ApplyAsync(Pause, "--publish");
        await JsonAsync("workflows", "enrol", "Pause", "--yes");
        await ApplyAsync(Pause.Replace("3 days", "4 days"), "--publish");

        var counted = await RunAsync("workflows", "move", "Pause", "--from", "1");
        var moved = await JsonAsync("workflows", "move", "Pause", "--from", "1", "--to", "2", "--yes");
        var run = (await RunsAsync())[0]!["run_id"]!.GetValue<string>();
        var cancelled = await JsonAsync("workflows", "cancel-run", run, "--reason", "asked to");
        var resumed = await RunAsync("workflows", "resume-run", run);

        Assert.Contains("Runs that would move from version 1 to 2: 2. Add --yes", counted.Output, StringComparison.Ordinal);
        Assert.Equal(2, moved["moved"]!.GetValue<int>());
        Assert.Equal("asked to", cancelled["reason"]!.GetValue<string>());
        Assert.Equal(1, resumed.Code);
        Assert.Single(await RunsAsync("--state", "cancelled"));
        Assert.Equal(2, (await RunAsync("workflows", "runs", "--state", "sleeping")).Code);
    }

    [Fact]
    public async Task The_history_of_a_contact_has_every_step()
    {
        await ApplyAsync(Pause, "--publish");
        await JsonAsync("workflows", "enrol", "Pause", "--yes");

        var steps = await Eventually.ReadAsync(
            async () => (await JsonAsync("workflows", "history", "Pause", "--contact", "external:a"))["steps"]?.AsArray() ?? [], steps => steps.Count > 0);

        Assert.Equal("wait 3 days", Assert.Single(steps)!["step"]!["input"]!.GetValue<string>());
        Assert.Equal(2, (await RunAsync("workflows", "history")).Code);
    }

    [Fact]
    public async Task A_simulation_says_whether_the_contact_may_start()
    {
        await ApplyAsync(Pause, "--publish");
        await JsonAsync("workflows", "enrol", "Pause", "--yes");

        var outside = await JsonAsync("workflows", "simulate", "Pause", "--contact", "external:c", "--version", "1");
        var inside = await JsonAsync("workflows", "simulate", "Pause", "--contact", "external:a");

        Assert.Equal("starts", outside["entry"]!.GetValue<string>());
        Assert.Equal("the contact has been through the workflow", inside["entry"]!.GetValue<string>());
    }

    [Fact]
    public async Task Unpublishing_can_cancel_the_runs_under_way()
    {
        await ApplyAsync(Pause, "--publish");
        await JsonAsync("workflows", "enrol", "Pause", "--yes");

        var answer = await JsonAsync("workflows", "unpublish", "Pause", "--cancel-runs");

        Assert.Equal(2, answer["cancelled_runs"]!.GetValue<int>());
    }

    private async Task<CliResult> ApplyAsync(string yaml, params string[] more)
    {
        await File.WriteAllTextAsync(_file, yaml);
        var result = await RunAsync(["workflows", "apply", _file, .. more]);
        Assert.True(result.Code == 0, result.ToString());
        return result;
    }

    private async Task<JsonArray> RunsAsync(params string[] more) =>
        (await JsonAsync(["workflows", "runs", "Pause", .. more]))["runs"]?.AsArray() ?? [];

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--account", _account]);

    private Task<JsonNode> JsonAsync(params string[] args) => _cli.JsonAsync([.. args, "--account", _account]);
}
