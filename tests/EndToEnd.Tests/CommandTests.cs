using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The commands on a handful of contacts, and the exit codes that scripts rely on.</summary>
public sealed class CommandTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private const string Csv = """"
        external_id,email,first_name,history segment,tags
        a,a@example.com,Ann,x,VIP
        b,b@example.com,"=HYPERLINK(""http://evil.example"")",y,VIP;Partner
        c,c@example.com,"Comma, and ""quote""",x,
        """";

    private readonly Cli _cli = new(shared.Apps);
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Csv);
        await _cli.JsonAsync("import", file, "--account", _account, "--external-id", "external_id", "--tags-column", "tags");
        File.Delete(file);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_token_is_not_sent_in_clear_text_to_another_machine()
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = await TagSegments.Cli.CliApp.RunAsync(["accounts", "list", "--token", "secret", "--server", "tags=http://192.0.2.1:5101"], output, error);

        Assert.NotEqual(0, code);
        Assert.Contains("clear text", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_quotes_cells_and_disarms_formulas()
    {
        var result = await RunAsync("segments", "export", """[history segment] = "x" OR has tag "VIP" """, "--columns", "external_id,email,first_name,tags");

        var expected = """"
            external_id,email,first_name,tags
            a,a@example.com,Ann,VIP
            b,b@example.com,"'=HYPERLINK(""http://evil.example"")","Partner;VIP"
            c,c@example.com,"Comma, and ""quote""",

            """";
        Assert.Equal(expected.ReplaceLineEndings("\r\n"), result.Output);
    }

    [Fact]
    public async Task A_saved_segment_counts_by_its_name()
    {
        await JsonAsync("segments", "create", "Important", """has tag "VIP" """);

        Assert.Equal(2, await _cli.CountAsync(_account, "Important"));
    }

    [Fact]
    public async Task Tags_are_added_to_and_removed_from_a_contact()
    {
        await JsonAsync("tags", "create", "Hot Lead");

        await JsonAsync("tags", "add", "Hot Lead", "--contact", "external:c");
        var added = await _cli.CountAsync(_account, """has tag "Hot Lead" """);
        await JsonAsync("tags", "remove", "Hot Lead", "--contact", "external:c");

        Assert.Equal(1, added);
        Assert.Equal(0, await _cli.CountAsync(_account, """has tag "Hot Lead" """));
    }

    [Fact]
    public async Task Bulk_tagging_appends_to_all_that_match()
    {
        await JsonAsync("tags", "create", "Mailing");

        var answer = await JsonAsync("tags", "bulk", """[history segment] = "x" """, "--add", "Mailing");

        Assert.Equal(2, answer["changes"]![0]!["changed"]!.GetValue<int>());
        Assert.Equal(1, await _cli.CountAsync(_account, """has all tags ("Mailing", "VIP")"""));
    }

    [Fact]
    public async Task Explain_says_which_clause_fails()
    {
        var answer = await JsonAsync("segments", "explain", """has tag "VIP" AND [history segment] = "y" """, "--contact", "external:a");

        Assert.False(answer["matches"]!.GetValue<bool>());
        Assert.Equal([true, false], answer["explanation"]!["members"]!.AsArray().Select(m => m!["matches"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Count_and_explain_look_back()
    {
        var before = (await JsonAsync("segments", "count", """has tag "VIP" """))["evaluation_time"]!.GetValue<string>();
        await JsonAsync("tags", "remove", "VIP", "--contact", "external:a");

        var then = await JsonAsync("segments", "count", """has tag "VIP" """, "--as-of", before);
        var explained = await JsonAsync("segments", "explain", """has tag "VIP" """, "--contact", "external:a", "--as-of", before);
        var future = await RunAsync("segments", "count", "everyone", "--as-of", "2999-01-01", "--output", "json");

        Assert.Equal((2, 1), (then["count"]!.GetValue<int>(), await _cli.CountAsync(_account, """has tag "VIP" """)));
        Assert.StartsWith(then["evaluation_time"]!.GetValue<string>().TrimEnd('Z'), before, StringComparison.Ordinal);
        Assert.StartsWith("has \"VIP\" since", explained["explanation"]!["actual"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(1, future.Code);
        Assert.Contains("as_of", future.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("segments", "count", "everyone", "--as-of", "long ago")).Code);
    }

    [Fact]
    public async Task A_filter_with_an_unknown_field_is_refused_and_names_it()
    {
        var result = await RunAsync("segments", "count", "colour = 3", "--output", "json");

        Assert.Equal(1, result.Code);
        var error = JsonNode.Parse(result.Error)!["error"]!;
        Assert.Equal("FILTER_INVALID", error["reason"]!.GetValue<string>());
        Assert.Contains("colour", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task An_unknown_account_is_refused_with_advice()
    {
        var result = await _cli.RunAsync("segments", "count", "everyone", "--account", "nobody");

        Assert.Equal(1, result.Code);
        Assert.Contains("tagsegments accounts create", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("segments", "count")]
    [InlineData("segments", "bogus")]
    [InlineData("import", "/no/such/file.csv", "--account", "x")]
    [InlineData("segments", "count", "everyone", "--output", "xml")]
    [InlineData("pipelines", "create", "Sales", "--stage", "New", "--account", "x")]
    [InlineData("tags", "add", "VIP", "--color", "red", "--contact", "1", "--account", "x")]
    public async Task A_wrong_command_line_exits_with_2(params string[] args) => Assert.Equal(2, (await _cli.RunAsync(args)).Code);

    [Fact]
    public async Task A_service_that_does_not_run_exits_with_3_and_is_named()
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = await TagSegments.Cli.CliApp.RunAsync(["tags", "list", "--account", "x", "--server", "tags=http://127.0.0.1:1"], output, error);

        Assert.Equal(3, code);
        Assert.Contains("127.0.0.1:1", error.ToString(), StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--account", _account]);

    private Task<JsonNode> JsonAsync(params string[] args) => _cli.JsonAsync([.. args, "--account", _account]);
}
