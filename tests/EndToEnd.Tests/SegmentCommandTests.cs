using System.Text.Json.Nodes;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>The commands that look into segments, on a handful of contacts.</summary>
public sealed class SegmentCommandTests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private const string Csv = """
        external_id,email,first_name,country,tags
        a,a@example.com,Ann,AT,VIP
        b,B@example.com,Bob,DE,VIP;Partner
        c,b@example.com,Cid,AT,Partner
        d,,Dan,AT,
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

    [Fact]
    public async Task Preview_tells_count_funnel_reach_and_sample()
    {
        var answer = await JsonAsync("segments", "preview", """country = "AT" AND NOT has tag "VIP" """, "--sample", "1");

        Assert.Equal((2, 4), (answer["count"]!.GetValue<int>(), answer["contact_count"]!.GetValue<int>()));
        Assert.Equal([3, 2], answer["funnel"]!["members"]!.AsArray().Select(m => m!["running_count"]!.GetValue<int>()));
        Assert.Equal([3, 2], answer["funnel"]!["members"]!.AsArray().Select(m => m!["count"]!.GetValue<int>()));
        var email = answer["channels"]!.AsArray().Single(channel => channel!["channel"]!.GetValue<string>() == "EMAIL")!;
        Assert.Equal((1, 1), (email["reachable"]!.GetValue<int>(), email["no_address"]!.GetValue<int>()));
        Assert.Equal("c", answer["sample"]!.AsArray().Single()!["external_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Preview_is_a_table_for_people()
    {
        var result = await RunAsync("segments", "preview", "everyone");

        Assert.Equal(0, result.Code);
        Assert.StartsWith("4 of 4 contacts at ", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 without address, 1 duplicates", result.Output, StringComparison.Ordinal);
        Assert.Contains("B@example.com", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facets_count_each_tag_among_those_that_match()
    {
        var answer = await JsonAsync("segments", "facets", """country = "AT" """);
        var top = await RunAsync("segments", "facets", "everyone", "--limit", "1");

        Assert.Equal([("Partner", 1), ("VIP", 1)], answer["facets"]!.AsArray().Select(f => (f!["name"]!.GetValue<string>(), f["count"]!.GetValue<int>())));
        Assert.Contains("50.0 %", top.Output, StringComparison.Ordinal);
        Assert.Contains("There are 2 tags", top.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overlap_compares_segments_and_filters()
    {
        await JsonAsync("segments", "create", "Important", """has tag "VIP" """);

        var answer = await JsonAsync("segments", "overlap", "Important", """has tag "Partner" """, """country = "AT" """);
        var table = await RunAsync("segments", "overlap", "Important", """has tag "Partner" """);

        Assert.Equal([2, 2, 3], answer["segments"]!.AsArray().Select(s => s!["count"]!.GetValue<int>()));
        Assert.Equal([1, 1, 1], answer["pairs"]!.AsArray().Select(p => p!["count"]!.GetValue<int>()));
        Assert.Equal((4, 0), (answer["union_count"]!.GetValue<int>(), answer["intersection_count"]!.GetValue<int>()));
        Assert.Contains("in at least one: 3, in all: 1", table.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("segments", "overlap", "Important")).Code);
    }

    [Fact]
    public async Task Parse_writes_the_canonical_form()
    {
        var result = await RunAsync("segments", "parse", "country is AT and does not have tag VIP");
        var tree = await JsonAsync("segments", "parse", "has tags");

        Assert.Equal("country = \"AT\" AND has none of tags (\"VIP\")", result.Output.Trim());
        Assert.Equal("ANY", tree["filter"]!["tag"]!["match"]!.GetValue<string>());
    }

    private Task<CliResult> RunAsync(params string[] args) => _cli.RunAsync([.. args, "--account", _account]);

    private Task<JsonNode> JsonAsync(params string[] args) => _cli.JsonAsync([.. args, "--account", _account]);
}
