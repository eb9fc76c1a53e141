using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>What the command line exports as JSON lines, it imports again (row C5 of the page of faults).</summary>
public sealed class JsonFileTests(SharedApps shared) : IClassFixture<SharedApps>, IDisposable
{
    private readonly Cli _cli = new(shared.Apps);
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("--format", "json_lines")]
    [InlineData("--output", "json")]
    public async Task C5_contacts_come_back_from_JSON_lines(string option, string value)
    {
        var (from, to) = (await FilledAsync(), await shared.Apps.NewAccountAsync());
        var export = await RunAsync("contacts", "export", "--account", from, option, value);
        await File.WriteAllTextAsync(_file, export);

        await RunAsync("import", _file, "--account", to);

        Assert.StartsWith("{\"contact_id\":1,\"external_id\":\"a\",", export, StringComparison.Ordinal);
        Assert.Equal(export, await RunAsync("contacts", "export", "--account", to, option, value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C5_tags_with_commas_come_back_from_a_segment_as_JSON(bool past)
    {
        var (from, to) = (await FilledAsync(), await shared.Apps.NewAccountAsync());
        string[] columns = ["--columns", "external_id,first_name,tags,likes", "--output", "json"];
        string[] time = past ? ["--as-of", DateTimeOffset.UtcNow.ToString("O")] : [];
        var export = await RunAsync(["segments", "export", "everyone", "--account", from, .. columns, .. time]);
        await File.WriteAllTextAsync(_file, export);

        await RunAsync("import", _file, "--account", to, "--external-id", "external_id", "--tags-column", "tags", "--type", "likes=multiple_choice");

        Assert.Contains("\"tags\":[\"VIP, big\",\"a;b\"],\"likes\":[\"milk\",\"tea, black\"]", export, StringComparison.Ordinal);
        Assert.Equal(export, await RunAsync(["segments", "export", "everyone", "--account", to, .. columns]));
    }

    private async Task<string> FilledAsync()
    {
        var account = await shared.Apps.NewAccountAsync();
        await RunAsync("fields", "create", "likes", "--type", "multiple_choice", "--choice", "tea, black", "--choice", "milk", "--account", account);
        await File.WriteAllTextAsync(_file, """"
            id,first name,tags,likes
            a,=1,"""VIP, big"";""a;b""","""tea, black"";milk"
            b,Ben,,
            """");
        await RunAsync("import", _file, "--account", account, "--external-id", "id", "--tags-column", "tags");
        return account;
    }

    private async Task<string> RunAsync(params string[] args)
    {
        var result = await _cli.RunAsync(args);
        Assert.Equal((0, ""), (result.Code, result.Code == 0 ? "" : result.Error));
        return result.Output;
    }
}
