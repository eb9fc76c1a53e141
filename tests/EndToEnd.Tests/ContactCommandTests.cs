using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The commands about contacts, custom fields, pipelines and opportunities.</summary>
public sealed class ContactCommandTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly Cli _cli = new(shared.Apps);
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        await JsonAsync("contacts", "create", "--external-id", "a", "--first-name", "Ann", "--email", "ann@example.com");
        await JsonAsync("contacts", "create", "--external-id", "b", "--first-name", "Anne", "--phone", "123");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_contact_gets_values_of_every_type_and_loses_one()
    {
        await JsonAsync("fields", "create", "score", "--type", "number");
        await JsonAsync("fields", "create", "vip", "--type", "boolean");
        await JsonAsync("fields", "create", "likes", "--type", "multiple_choice", "--choice", "tea", "--choice", "milk");

        await JsonAsync("contacts", "update", "external:a", "--set", "score=12.50", "--set", "vip=true", "--set", "likes=tea;milk", "--last-name", "Lee");
        var contact = await JsonAsync("contacts", "update", "external:a", "--set", "score=");

        Assert.Equal("Lee", contact["last_name"]!.GetValue<string>());
        Assert.Null(contact["fields"]!["score"]);
        Assert.True(contact["fields"]!["vip"]!.GetValue<bool>());
        Assert.Equal(2, contact["fields"]!["likes"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_field_changes_its_type_and_is_deleted()
    {
        await JsonAsync("fields", "create", "zip", "--type", "text");
        await JsonAsync("contacts", "update", "external:a", "--set", "zip=1010");

        var changed = await JsonAsync("fields", "update", "zip", "--type", "number", "--key", "postcode");
        await JsonAsync("fields", "delete", "postcode");

        Assert.Equal(1, changed["rewritten_values"]!.GetValue<int>());
        Assert.Empty((await JsonAsync("fields", "list"))["fields"]!.AsArray());
    }

    [Fact]
    public async Task A_deleted_contact_is_restored()
    {
        await JsonAsync("contacts", "delete", "external:a");
        var deleted = await _cli.CountAsync(_account, "everyone");
        await JsonAsync("contacts", "restore", "external:a");

        Assert.Equal((1, 2), (deleted, await _cli.CountAsync(_account, "everyone")));
    }

    [Fact]
    public async Task A_merge_unites_tags_and_the_timeline_tells_of_it()
    {
        await JsonAsync("tags", "add", "VIP", "--contact", "external:b", "--create");

        var merged = await JsonAsync("contacts", "merge", "external:a", "external:b");
        var timeline = await JsonAsync("contacts", "timeline", "external:a");
        var table = await RunAsync("contacts", "timeline", "external:a");

        Assert.Single(merged["added_tag_ids"]!.AsArray());
        Assert.Equal("123", merged["contact"]!["phone"]!.GetValue<string>());
        Assert.Contains(timeline["entries"]!.AsArray(), entry => entry!["tag"] is not null);
        Assert.Contains(" VIP, ", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Consent_is_recorded_with_its_source_and_kept()
    {
        await JsonAsync("contacts", "consent", "external:a", "--state", "subscribed", "--source", "web form");

        var history = await JsonAsync("contacts", "consent", "external:a", "--state", "unsubscribed");

        Assert.Equal(["UNSUBSCRIBED", "SUBSCRIBED"], history["changes"]!.AsArray().Select(c => c!["consent"]!["state"]!.GetValue<string>()).Take(2));
    }

    [Fact]
    public async Task An_export_holds_those_who_match_and_no_formula()
    {
        await JsonAsync("contacts", "create", "--first-name", "=1+1");

        var some = await RunAsync("contacts", "export", "--filter", "first_name = \"Ann\"", "--columns", "external_id,first_name");
        var all = await RunAsync("contacts", "export", "--columns", "first_name");

        Assert.Equal("external_id,first_name\r\na,Ann\r\n", some.Output);
        Assert.Contains("'=1+1", all.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_opportunity_moves_through_its_pipeline()
    {
        await JsonAsync("pipelines", "create", "Sales", "New", "Talks", "Won");
        await JsonAsync("opportunities", "create", "--external-id", "o1", "--contact", "external:a", "--stage", "New", "--amount", "1054.50");

        await JsonAsync("opportunities", "update", "external:o1", "--stage", "Won", "--status", "won");
        var updated = await JsonAsync("pipelines", "update", "Sales", "--stage", "New=Lead", "--stage", "Won", "--stage", "Lost");
        var shown = await JsonAsync("opportunities", "show", "external:o1");

        Assert.Equal(["Lead", "Won", "Lost"], updated["stages"]!.AsArray().Select(stage => stage!["name"]!.GetValue<string>()));
        Assert.Equal(("WON", 2), (shown["status"]!.GetValue<string>(), shown["stage_history"]!.AsArray().Count));
        Assert.Single((await JsonAsync("opportunities", "list", "--contact", "external:a"))["opportunities"]!.AsArray());
        Assert.Equal(1, (await RunAsync("opportunities", "update", "external:o1", "--stage", "Nowhere")).Code);
        await JsonAsync("opportunities", "delete", "external:o1");
        Assert.Empty((await JsonAsync("opportunities", "list"))["opportunities"]!.AsArray());
    }

    [Theory]
    [InlineData("contacts", "update", "external:a")]
    [InlineData("contacts", "update", "external:a", "--set", "novalue")]
    [InlineData("fields", "create", "x", "--type", "colour")]
    [InlineData("contacts", "show", "abc")]
    public async Task A_wrong_command_line_exits_with_2(params string[] args) => Assert.Equal(2, (await RunAsync(args)).Code);

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--account", _account]);

    private Task<JsonNode> JsonAsync(params string[] args) => _cli.JsonAsync([.. args, "--account", _account]);
}
