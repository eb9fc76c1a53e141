using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The commands about the tag library and about bulk operations.</summary>
public sealed class TagCommandTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly Cli _cli = new(shared.Apps);
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "external_id,first_name,tags\na,Ann,vip\nb,Ben,vip;VIP\nc,Eva,VIP\n");
        await JsonAsync("import", file, "--external-id", "external_id", "--tags-column", "tags");
        File.Delete(file);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_tag_is_created_with_its_documentation_shown_and_renamed()
    {
        await JsonAsync("tags", "create", "Hot Lead", "--description", "Wants to buy.", "--owner", "sales", "--when", "After a demo.");
        await JsonAsync("tags", "update", "Hot Lead", "--name", "Hot", "--examples", "Asked for a quote.");

        var tag = await JsonAsync("tags", "show", "Hot");

        Assert.Equal("Wants to buy.", Text(tag, "description"));
        Assert.Equal(("After a demo.", "Asked for a quote.", "sales"), (Text(tag, "when_to_apply"), Text(tag, "examples"), Text(tag, "owner")));
    }

    [Fact]
    public async Task Creating_a_near_duplicate_says_so()
    {
        var result = await RunAsync("tags", "create", "V.I.P.");

        Assert.Equal(0, result.Code);
        Assert.Contains("much like", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_tag_is_restored_by_its_number()
    {
        var number = (await JsonAsync("tags", "show", "VIP"))["tag_id"]!.GetValue<int>();
        await JsonAsync("tags", "delete", "VIP");
        Assert.Equal(1, (await RunAsync("tags", "show", "VIP")).Code);

        var restored = await JsonAsync("tags", "restore", $"{number}");

        Assert.Equal(2, restored["contact_count"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_deleted_tag_is_restored_by_its_name_unless_several_were_called_so()
    {
        await JsonAsync("tags", "delete", "VIP");
        var list = await RunAsync("tags", "list", "--deleted");
        await JsonAsync("tags", "restore", "VIP");
        Assert.Equal(2, await _cli.CountAsync(_account, "has tag \"VIP\""));

        await JsonAsync("tags", "delete", "VIP");
        await JsonAsync("tags", "create", "VIP");
        await JsonAsync("tags", "delete", "VIP");
        var several = await RunAsync("tags", "restore", "VIP");
        var unknown = await RunAsync("tags", "restore", "V");

        Assert.Contains("deleted", list.Output, StringComparison.Ordinal);
        Assert.Equal((1, 1), (several.Code, unknown.Code));
        Assert.Contains("2 deleted tags were called \"VIP\"", several.Error, StringComparison.Ordinal);
        Assert.Contains("No tag was called \"V\"", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_in_use_is_deleted_by_force_only_and_usages_name_the_user()
    {
        await JsonAsync("segments", "create", "Important", "has tag \"VIP\"");

        var usages = await JsonAsync("tags", "usages", "VIP");
        var refused = await RunAsync("tags", "delete", "VIP");
        var forced = await RunAsync("tags", "delete", "VIP", "--force");

        Assert.Equal("Important", usages["usages"]![0]!["name"]!.GetValue<string>());
        Assert.Equal((1, 0), (refused.Code, forced.Code));
        Assert.Contains("segment:Important", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_if_foretells_a_merge()
    {
        await JsonAsync("segments", "create", "Important", "has tag \"VIP\"");

        var preview = await JsonAsync("tags", "what-if", "vip", "--merge-into", "VIP");
        await JsonAsync("tags", "merge", "vip", "VIP");

        var effect = Assert.Single(preview["segments"]!.AsArray())!;
        Assert.Equal((2, 3), (effect["count_before"]!.GetValue<int>(), effect["count_after"]!.GetValue<int>()));
        Assert.Equal(3, await _cli.CountAsync(_account, "Important"));
    }

    [Fact]
    public async Task An_enforced_policy_refuses_a_name()
    {
        await JsonAsync("tags", "policy", "--mode", "enforce", "--title-case");

        var refused = await RunAsync("tags", "create", "all lower");

        Assert.Equal(1, refused.Code);
        Assert.Contains("Suggested: \"All Lower\".", refused.Error, StringComparison.Ordinal);
        Assert.True((await JsonAsync("tags", "policy"))["title_case"]!.GetValue<bool>());
        Assert.Equal("POLICY", (await JsonAsync("tags", "check", "all lower"))["findings"]![0]!["kind"]!.GetValue<string>());
        Assert.Contains((await JsonAsync("tags", "audit"))["findings"]!.AsArray(), f => f!["kind"]!.GetValue<string>() == "NEAR_DUPLICATE");
    }

    [Fact]
    public async Task Reports_and_the_dictionary_tell_of_the_library()
    {
        var history = await JsonAsync("tags", "report", "VIP", "--days", "1");
        var overlap = await JsonAsync("tags", "overlap", "vip", "VIP");
        var dictionary = await RunAsync("tags", "dictionary");

        Assert.Equal([0, 2], history["histories"]![0]!["contact_counts"]!.AsArray().Select(count => count!.GetValue<int>()));
        Assert.Equal([2, 1], overlap["rows"]![0]!["contact_counts"]!.AsArray().Select(count => count!.GetValue<int>()));
        Assert.Contains("## VIP", dictionary.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_feed_is_replayed_from_its_beginning_and_history_filters_by_cause()
    {
        await JsonAsync("tags", "add", "vip", "--contact", "external:c");

        var feed = await RunAsync("tags", "watch", "--after", "", "--limit", "5");
        var byUser = await JsonAsync("tags", "history", "--cause", "user");
        var imported = await JsonAsync("tags", "history", "--cause", "import", "--tag", "VIP");
        var table = await RunAsync("tags", "history", "--cause", "import");

        Assert.Equal(5, feed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("added  VIP  Import", feed.Output, StringComparison.Ordinal);
        Assert.Single(byUser["events"]!.AsArray());
        Assert.Equal(2, imported["events"]!.AsArray().Count);
        Assert.Contains(" VIP ", table.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("tags", "history", "--cause", "nonsense")).Code);
    }

    [Fact]
    public async Task A_bulk_operation_is_counted_run_looked_into_and_undone()
    {
        await JsonAsync("tags", "create", "Mailing");
        string[] bulk = ["tags", "bulk", "everyone", "--add", "Mailing", "--remove", "vip"];

        var preview = await JsonAsync([.. bulk, "--dry-run"]);
        Assert.Equal(0, await _cli.CountAsync(_account, "has tag \"Mailing\""));
        var operation = await JsonAsync(bulk);
        var id = operation["operation_id"]!.GetValue<string>();
        var outcomes = await RunAsync("bulk", "outcomes", id);
        var undo = await JsonAsync("bulk", "undo", id);

        Assert.Equal([3, 2], Changed(preview));
        Assert.Equal([3, 2], Changed(operation));
        Assert.Equal(4, outcomes.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(5, Changed(undo).Sum());
        Assert.Equal(2, await _cli.CountAsync(_account, "has tag \"vip\""));
        Assert.Equal("SUCCEEDED", (await JsonAsync("bulk", "status", id, "--wait"))["state"]!.GetValue<string>());
        Assert.Equal("SUCCEEDED", (await JsonAsync("bulk", "cancel", id))["state"]!.GetValue<string>());
        Assert.Equal(2, (await JsonAsync("bulk", "list"))["operations"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_tag_that_expires_is_listed_with_its_time()
    {
        await JsonAsync("tags", "add", "VIP", "--contact", "external:a", "--remove-after-days", "2");

        var listed = await JsonAsync("tags", "expiries", "--tag", "VIP");
        var table = await RunAsync("tags", "expiries", "--contact", "1");

        Assert.Equal(1, Assert.Single(listed["expiries"]!.AsArray())!["contact_id"]!.GetValue<int>());
        Assert.Matches(@"20\d\d-\d\d-\d\d .* 1 +VIP", table.Output);
    }

    [Fact]
    public async Task A_bulk_operation_leaves_contacts_out()
    {
        string[] bulk = ["tags", "bulk", "everyone", "--except", "external:a", "--except", "2", "--add", "Late"];
        await RunAsync("tags", "create", "Late");

        var preview = await RunAsync([.. bulk, "--dry-run"]);
        var operation = await JsonAsync(bulk);

        Assert.Contains("would handle 1 contacts, 2 left out", preview.Error, StringComparison.Ordinal);
        Assert.Equal(("SUCCEEDED", 1), (Text(operation, "state"), operation["total_contacts"]!.GetValue<int>()));
        Assert.Equal(1, (await JsonAsync("tags", "show", "Late"))["contact_count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Lists_begin_where_they_are_told()
    {
        var contacts = await JsonAsync("contacts", "list", "--skip", "2", "--limit", "1");
        var tags = await JsonAsync("tags", "list", "--skip", "1");

        Assert.Equal("c", Text(contacts["contacts"]!.AsArray().Single()!, "external_id"));
        Assert.Equal("vip", Text(tags["tags"]!.AsArray().Single()!, "name"));
        Assert.Equal(2, (await RunAsync("contacts", "list", "--skip", "-1")).Code);
    }

    [Fact]
    public async Task A_bulk_operation_takes_contacts_from_a_file()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "1\n\nexternal:c\r\n99\n");
        string[] bulk = ["tags", "bulk", "--contacts", file, "--add", "VIP", "--remove", "vip"];

        var table = await RunAsync([.. bulk, "--skip-unknown"]);
        var unknown = await RunAsync("tags", "bulk", "everyone", "--contacts", file, "--add", "VIP");
        await File.WriteAllTextAsync(file, "external:nobody\n");
        var missing = await RunAsync(bulk);
        File.Delete(file);

        Assert.Contains("Succeeded: 2 of 2 contacts done", table.Output, StringComparison.Ordinal);
        Assert.Matches("VIP +added +1 +1", table.Output);
        Assert.Matches("vip +removed +1 +1", table.Output);
        Assert.Equal((2, 1), (unknown.Code, missing.Code));
    }

    [Fact]
    public async Task A_bulk_operation_on_a_filter_with_a_mistake_is_not_started()
    {
        var refused = await RunAsync("tags", "bulk", "colour = 3", "--add", "VIP");

        Assert.Equal(1, refused.Code);
        Assert.Contains("there is no field \"colour\"", refused.Error, StringComparison.Ordinal);
        Assert.Empty((await JsonAsync("bulk", "list"))["operations"]!.AsArray());
    }

    private static int[] Changed(JsonNode answer) => [.. answer["changes"]!.AsArray().Select(change => change!["changed"]!.GetValue<int>())];

    private static string Text(JsonNode answer, string name) => answer[name]!.GetValue<string>();

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--account", _account]);

    private Task<JsonNode> JsonAsync(params string[] args) => _cli.JsonAsync([.. args, "--account", _account]);
}
