using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The commands about saved segments and smart lists, on four contacts.</summary>
public sealed class SavedSegmentCommandTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly Cli _cli = new(shared.Apps);
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "external_id,email,country,score,tags\na,a@x.example,AT,5,VIP\nb,b@x.example,DE,7,VIP\nc,c@x.example,AT,,\nd,d@x.example,DE,9,\n");
        await _cli.JsonAsync("import", file, "--account", _account, "--external-id", "external_id", "--tags-column", "tags");
        File.Delete(file);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_segment_is_changed_compared_and_restored()
    {
        await JsonAsync("segments", "create", "Mine", "country = \"AT\"");

        var preview = await JsonAsync("segments", "preview-change", "Mine", "--filter", "country = \"AT\" AND score > 1 OR country = \"DE\"");
        var updated = await JsonAsync("segments", "update", "Mine", "--filter", "country = \"DE\"", "--version", "1", "--name", "Ours");
        var diff = await RunAsync("segments", "diff", "Ours", "--from", "1");
        var restored = await JsonAsync("segments", "restore", "Ours", "1");
        var versions = await JsonAsync("segments", "versions", "Ours");

        Assert.Equal((2, 3, 2, 1), (Number(preview["count_before"]), Number(preview["count_after"]), Number(preview["joining"]), Number(preview["leaving"])));
        Assert.Equal((2, "Ours"), (Number(updated["version"]), Text(updated["name"])));
        Assert.Equal("- country = \"AT\"\n+ country = \"DE\"", string.Join('\n', diff.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        Assert.Equal("country = \"AT\"", Text(restored["text"]));
        Assert.Equal([3, 2, 1], versions["versions"]!.AsArray().Select(version => Number(version!["version"])));
    }

    [Fact]
    public async Task A_change_from_a_version_that_is_not_current_is_refused()
    {
        await JsonAsync("segments", "create", "Mine", "everyone");
        await JsonAsync("segments", "update", "Mine", "--filter", "has no tag");

        var result = await RunAsync("segments", "update", "Mine", "--filter", "everyone", "--version", "1", "--output", "json");

        Assert.Equal((1, "VERSION_MISMATCH"), (result.Code, Text(JsonNode.Parse(result.Error)!["error"]!["reason"])));
    }

    [Fact]
    public async Task A_deleted_segment_is_gone_and_its_versions_are_not()
    {
        var saved = await JsonAsync("segments", "create", "Mine", "everyone");

        await JsonAsync("segments", "delete", "Mine");

        Assert.Equal(1, (await RunAsync("segments", "show", "Mine")).Code);
        Assert.Single((await JsonAsync("segments", "versions", Text(saved["segment_id"])))["versions"]!.AsArray());
    }

    [Fact]
    public async Task A_check_exits_with_1_and_explains_what_is_not_as_expected()
    {
        await JsonAsync("segments", "create", "Mine", "has tag \"VIP\"");
        await JsonAsync("segments", "expect", "Mine", "--include", "external:a", "--exclude", "external:c");
        var met = await RunAsync("segments", "check", "Mine");
        await JsonAsync("segments", "expect", "Mine", "--exclude", "external:b");

        var unmet = await RunAsync("segments", "check", "Mine");
        var json = await RunAsync("segments", "check", "Mine", "--output", "json");

        Assert.Equal((0, 1, 1), (met.Code, unmet.Code, json.Code));
        Assert.Contains("2 of 2 expectations are met", met.Output, StringComparison.Ordinal);
        Assert.Contains("must not be in it but is", unmet.Output, StringComparison.Ordinal);
        Assert.Contains("yes has tag \"VIP\"", unmet.Output, StringComparison.Ordinal);
        Assert.Equal(3, Number(JsonNode.Parse(json.Output)!["checked"]));
        Assert.Equal(0, Number((await JsonAsync("segments", "expect", "Mine", "--clear"))["expectations"]?["must_include"]?.AsArray().Count ?? 0));
    }

    [Fact]
    public async Task A_smart_list_shows_its_rows_in_order()
    {
        await JsonAsync("smartlists", "create", "Top", "country in (\"AT\", \"DE\")", "--columns", "email,score", "--sort", "score", "--descending");

        var rows = await JsonAsync("smartlists", "rows", "Top", "--limit", "3");
        var byEmail = await JsonAsync("smartlists", "rows", "Top", "--sort", "email");
        var table = await RunAsync("smartlists", "rows", "Top");

        Assert.Equal(["email", "score"], rows["columns"]!.AsArray().Select(Text));
        Assert.Equal(["d@x.example", "b@x.example", "a@x.example"], rows["rows"]!.AsArray().Select(row => Text(row!["values"]![0])));
        Assert.Equal(4, Number(rows["total"]));
        Assert.Equal("a@x.example", Text(byEmail["rows"]![0]!["values"]![0]));
        Assert.Contains("d@x.example", table.Output, StringComparison.Ordinal);
        Assert.Equal(4, await _cli.CountAsync(_account, "Top"));
    }

    [Fact]
    public async Task Contacts_are_put_into_a_smart_list_and_kept_out_by_hand()
    {
        await JsonAsync("smartlists", "create", "Calls", "country = \"AT\"");

        await JsonAsync("smartlists", "include", "Calls", "external:b", "external:d");
        await JsonAsync("smartlists", "exclude", "Calls", "external:a", "external:d");

        var rows = await JsonAsync("smartlists", "rows", "Calls");
        Assert.Equal(["b@x.example", "c@x.example"], rows["rows"]!.AsArray().Select(row => Text(row!["values"]![0])));
        Assert.Equal(2, await _cli.CountAsync(_account, "has tag \"Not in: Calls\""));
        await JsonAsync("smartlists", "include", "Calls", "external:a");
        Assert.Equal(3, await _cli.CountAsync(_account, "Calls"));
    }

    [Fact]
    public async Task A_smart_list_is_listed_shown_changed_and_deleted()
    {
        await JsonAsync("smartlists", "create", "Old", "everyone", "--include-tag", "VIP");

        var updated = await JsonAsync("smartlists", "update", "Old", "--name", "New", "--filter", "has no tag", "--columns", "tags", "--include-tag", "");
        var listed = await JsonAsync("smartlists", "list");
        var shown = await RunAsync("smartlists", "show", "New");
        await JsonAsync("smartlists", "delete", "New");

        Assert.Equal(("New", "has no tag", 0, 2), (Text(updated["name"]), Text(updated["text"]), Number(updated["include_tag_id"]), Number(updated["version"])));
        Assert.Equal(["New"], listed["smart_lists"]!.AsArray().Select(list => Text(list!["name"])));
        Assert.Contains("contact number", shown.Output, StringComparison.Ordinal);
        Assert.Empty((await JsonAsync("smartlists", "list"))["smart_lists"]!.AsArray());
    }

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--account", _account]);

    private Task<JsonNode> JsonAsync(params string[] args) => _cli.JsonAsync([.. args, "--account", _account]);

    private static int Number(JsonNode? node) => node!.GetValue<int>();

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
