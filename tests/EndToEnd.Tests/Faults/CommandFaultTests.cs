using System.Text.Json.Nodes;
using TagSegments.Cli;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Faults;

/// <summary>Faults E6 to E9: what the command line says about errors fits them, and commands take what other commands take.</summary>
public sealed class CommandFaultTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private const string Csv = """
        external_id,email,Company,history segment,tags
        a,a@example.com,Acme,x,Hot Lead
        b,b@example.com,Beta,y,
        """;

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

    [Theory]
    [InlineData("", "For all contacts, the filter is: everyone")]
    [InlineData("did test", "\"double quotes\"")]
    [InlineData("(Company = \"Acme\"", "closing one")]
    [InlineData("has tag \"Hot Laed\"", "tags list")]
    [InlineData("in segment \"Nobody\"", "segments list")]
    [InlineData("opened email of campaign \"Nothing\"", "campaigns list")]
    [InlineData("Compny = \"Acme\"", "fields list")]
    [InlineData("Company > 5", "comparison that fits the type")]
    [InlineData("opened email at least 0 times", "Correct the value")]
    [InlineData("has tag \"Hot Lead\" has", "language")]
    public async Task E6_the_hint_fits_the_error(string filter, string hint)
    {
        var result = await _cli.RunAsync("segments", "count", filter, "--account", _account);

        Assert.Equal(ExitCode.Refused, result.Code);
        var lines = result.Error.Split('\n');
        Assert.StartsWith("error: line 1, column ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("what to do: ", lines[1], StringComparison.Ordinal);
        Assert.Contains(hint, lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--limt", "tags", "list", "--limt", "1000")]
    [InlineData("--limit", "segments", "list", "--limit", "1000")]
    [InlineData("--colour", "tags", "show", "Hot Lead", "--colour", "red")]
    [InlineData("--sort", "fields", "list", "--sort=name")]
    public async Task E7_an_option_that_a_command_does_not_have_is_named(string option, params string[] args)
    {
        var result = await _cli.RunAsync([.. args, "--account", _account]);

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.StartsWith($"error: Unrecognized option '{option}'.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--limit takes a whole number of at least 1, not '0'.", "tags", "list", "--limit", "0")]
    [InlineData("--limit takes a whole number of at least 1, not 'many'.", "contacts", "list", "--limit", "many")]
    [InlineData("--limit takes a whole number from 1 to 1,000, not '1001'.", "tags", "expiries", "--limit", "1001")]
    [InlineData("--limit takes a whole number from 1 to 10,000, not '99999999999'.", "segments", "facets", "everyone", "--limit", "99999999999")]
    [InlineData("--sample takes a whole number from 0 to 100, not '101'.", "segments", "preview", "everyone", "--sample", "101")]
    [InlineData("--contact takes a whole number of at least 1, not '-5'.", "tags", "history", "--contact", "-5")]
    [InlineData("--contact takes a whole number of at least 1, not 'x'.", "workflows", "runs", "-c", "x")]
    [InlineData("--days takes a whole number of at least 1, not '1.5'.", "tags", "report", "Hot Lead", "--days", "1.5")]
    public async Task E7_an_option_out_of_its_bounds_is_named_with_them(string message, params string[] args)
    {
        var result = await _cli.RunAsync([.. args, "--account", _account]);

        Assert.Equal((ExitCode.Usage, $"error: {message}"), (result.Code, result.Error.Split('\n')[0]));
    }

    [Fact]
    public async Task E7_tags_are_listed_up_to_a_limit()
    {
        await _cli.JsonAsync("tags", "create", "Second", "--account", _account);

        Assert.Equal(2, (await _cli.JsonAsync("tags", "list", "--account", _account, "--limit", "1000"))["tags"]!.AsArray().Count);
        Assert.Single((await _cli.JsonAsync("tags", "list", "--account", _account, "--limit", "1"))["tags"]!.AsArray());
    }

    [Theory]
    [InlineData("company,EMAIL", "Company,email\nAcme,a@example.com")]
    [InlineData("External-ID,Tags", "external_id,tags\na,Hot Lead")]
    [InlineData("History_Segment,external id", "history segment,external_id\nx,a")]
    [InlineData("Company,COMPANY", "Company,Company\nAcme,Acme")]
    public async Task E8_columns_are_understood_as_in_filters(string columns, string output)
    {
        var result = await _cli.RunAsync("segments", "export", "company = \"Acme\"", "--columns", columns, "--account", _account);

        Assert.True(result.Code == 0, result.Error);
        Assert.Equal(output, result.Output.ReplaceLineEndings("\n").Trim());
    }

    [Fact]
    public async Task E8_a_column_that_two_fields_could_be_is_asked_about()
    {
        await _cli.JsonAsync("fields", "create", "COMPANY", "--type", "text", "--account", _account);

        var result = await _cli.RunAsync("segments", "export", "everyone", "--columns", "company", "--account", _account);

        Assert.Equal(ExitCode.Refused, result.Code);
        Assert.Contains("did you mean", result.Error, StringComparison.Ordinal);
        Assert.Contains("Company", result.Error, StringComparison.Ordinal);
        Assert.Contains("COMPANY", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hot Lead")]
    [InlineData("--tag", "Hot Lead")]
    [InlineData("#1")]
    [InlineData("Hot Lead", "--contact", "1")]
    public async Task E9_the_tag_is_the_argument_of_its_history(params string[] args)
    {
        await _cli.JsonAsync("tags", "create", "Other", "--account", _account);
        await _cli.JsonAsync("tags", "add", "Other", "--contact", "external:b", "--account", _account);

        var events = (await _cli.JsonAsync(["tags", "history", .. args, "--account", _account]))["events"]!.AsArray();

        Assert.Single(events);
        Assert.Equal(2, (await _cli.JsonAsync("tags", "history", "--account", _account))["events"]!.AsArray().Count);
    }

    [Fact]
    public async Task E9_tags_are_arguments_of_a_watch()
    {
        var result = await _cli.RunAsync("tags", "watch", "Hot Lead", "--after", "", "--limit", "1", "--account", _account);

        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("Hot Lead", result.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, (await _cli.RunAsync("tags", "watch", "Nothing", "--account", _account)).Code);
    }

    [Fact]
    public async Task E6_machines_get_the_place_and_the_hint()
    {
        var result = await _cli.RunAsync("segments", "count", "Company > 5", "--account", _account, "--output", "json");

        var error = JsonNode.Parse(result.Error)!["error"]!;
        Assert.Equal("9", error["metadata"]!["column"]!.GetValue<string>());
        Assert.Contains("fits the type", error["hint"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
