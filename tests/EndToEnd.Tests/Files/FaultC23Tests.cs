using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>Faults C4 and C23 of the page of faults: addresses and domains that refused elsewhere had to be suppressed one by one.</summary>
public sealed class FaultC23Tests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly Cli _cli = new(shared.Apps);
    private readonly string _file = Path.GetTempFileName();
    private string _account = "";

    public async Task InitializeAsync() => _account = await shared.Apps.NewAccountAsync();

    public Task DisposeAsync()
    {
        File.Delete(_file);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("a@x.example\nban.example\n", "a@x.example ban.example")]
    [InlineData("\uFEFFA@X.example\r\n\r\n@Ban.example\r\n", "a@x.example ban.example")]
    [InlineData("Email\na@x.example\n", "a@x.example")]
    [InlineData("UNSUB_TIME;Email Address;Site\n2024-01-02;a@x.example;www.x.example\n2024-01-03;b@x.example;www.y.example\n", "a@x.example b@x.example")]
    [InlineData("1,a@x.example\n2,b@bücher.example\n", "a@x.example b@xn--bcher-kva.example")]
    [InlineData("domain\tadded\nban.example\t2024.01.02\n", "ban.example")]
    [InlineData("a@x.example\nA@x.example\na@x.example\n", "a@x.example")]
    [InlineData("Ann Lee <a@x.example>\nmailto:b@x.example\n<c@x.example>\n", "a@x.example b@x.example c@x.example")]
    [InlineData("Who\tSince\nAnn Lee <a@x.example>\t2024.01.02\n", "a@x.example")]
    [InlineData("", "")]
    public async Task Addresses_and_domains_are_found_in_a_file(string content, string expected)
    {
        var result = await ImportAsync(content);

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(expected, string.Join(' ', (await ListAsync()).Select(entry => Text(entry, "address"))));
    }

    [Fact]
    public async Task A_domain_may_begin_with_the_sign_of_addresses()
    {
        await _cli.JsonAsync("suppressions", "add", "@ban.example", "--account", _account);

        Assert.Equal("ban.example", Text(Assert.Single(await ListAsync()), "address"));
    }

    [Fact]
    public async Task What_was_new_already_there_and_bad_is_said_and_again_changes_nothing()
    {
        const string content = "a@x.example\nno address\nb@x.example\nlocalhost\n";
        await _cli.JsonAsync("suppressions", "add", "b@x.example", "--reason", "complained", "--account", _account);

        var first = await ImportAsync(content, "--output", "json");
        var again = await ImportAsync(content);

        Assert.Equal(4, first.Code);
        Assert.Equal("""{"new":1,"already_there":1,"bad":2}""", first.Output.Trim());
        Assert.Equal(
            [2, 4], first.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["line"]!.GetValue<int>()));
        Assert.Contains("0 new, 2 already there, 2 bad.", again.Output, StringComparison.Ordinal);
        Assert.Contains("line 2: `no address`: ", again.Error, StringComparison.Ordinal);
        Assert.Equal(["MANUAL", "COMPLAINED"], (await ListAsync()).Select(entry => Text(entry, "reason")));
    }

    [Fact]
    public async Task Reasons_and_times_are_taken_from_columns_and_unknown_words_kept()
    {
        const string content =
            "who,why,when\na@x.example,Hard Bounce,2024-01-02\nb@x.example,marked as SPAM,\nc@x.example,Unsubscribed,2024-01-03\nd@x.example,moved away,2024-01-04\n";

        var result = await ImportAsync(content, "--reason-column", "WHY", "--time-column", "when", "--source", "old tool", "--reason", "unsubscribed");

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(
            ["BOUNCED old tool, 2024-01-02", "COMPLAINED old tool", "UNSUBSCRIBED old tool, 2024-01-03", "UNSUBSCRIBED old tool, moved away, 2024-01-04"],
            (await ListAsync()).Select(entry => $"{Text(entry, "reason")} {Text(entry, "source")}"));
    }

    [Theory]
    [InlineData("from,to\na@x.example,b@x.example\n", "Several columns look like addresses.")]
    [InlineData("name,age\nAnn,7\n", "No column looks like addresses.")]
    [InlineData("a@x.example\n\"b@x.example\n", "cannot be read as CSV")]
    public async Task A_file_whose_addresses_are_not_clear_is_refused_whole(string content, string expected)
    {
        var result = await ImportAsync(content);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_column_is_named()
    {
        const string content = "from,to\na@x.example,b@x.example\n";

        Assert.Equal(2, (await ImportAsync(content, "--column", "cc")).Code);
        Assert.Equal(0, (await ImportAsync(content, "--column", "To")).Code);

        Assert.Equal(["b@x.example"], (await ListAsync()).Select(entry => Text(entry, "address")));
    }

    [Fact]
    public async Task Phone_numbers_are_suppressed_too()
    {
        var result = await ImportAsync("name,phone\nAnn,+49 30 1234567\n", "--channel", "sms");

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(["+49301234567"], (await ListAsync("--channel", "sms")).Select(entry => Text(entry, "address")));
    }

    private async Task<CliResult> ImportAsync(string content, params string[] options)
    {
        await File.WriteAllTextAsync(_file, content);
        return await _cli.RunAsync(["suppressions", "import", _file, "--account", _account, .. options]);
    }

    private async Task<List<JsonNode>> ListAsync(params string[] options) =>
        [.. (await _cli.JsonAsync(["suppressions", "list", "--account", _account, .. options]))["suppressions"]!.AsArray().Select(entry => entry!)];

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
