using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>Fault C16 of the page of faults: `tags bulk --contacts FILE` took no addresses, and stopped at the first unknown contact.</summary>
public sealed class FaultC16Tests(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly Cli _cli = new(shared.Apps);
    private readonly string _file = Path.GetTempFileName();
    private string _account = "";

    public async Task InitializeAsync()
    {
        _account = await shared.Apps.NewAccountAsync();
        await File.WriteAllTextAsync(
            _file,
            """
            external_id,email,tags
            a,Ann@Example.com,
            b,ben@bücher.example,
            c,eva@x.example,
            d@x.example,dan@x.example,
            e,twin@x.example,
            f,twin@x.example,
            g,,Mailing
            """);
        var imported = await _cli.RunAsync("import", _file, "--external-id", "external_id", "--tags-column", "tags", "--account", _account);
        Assert.True(imported.Code == 0, imported.ToString());
    }

    public Task DisposeAsync()
    {
        File.Delete(_file);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("ann@example.com\neva@x.example\n", 2)]
    [InlineData("ANN@EXAMPLE.COM\r\n\r\n  ann@example.com  \r\n1\r\nexternal:a", 1)]
    [InlineData("ben@xn--bcher-kva.example\nBEN@BÜCHER.EXAMPLE", 1)]
    [InlineData("external:d@x.example\ndan@x.example\nexternal:c", 2)]
    [InlineData("twin@x.example", 1)]
    [InlineData("\uFEFFeva@x.example\n3", 1)]
    public async Task Addresses_numbers_and_external_ids_are_taken_together(string lines, int expected)
    {
        var result = await BulkAsync(lines);

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(expected, await TaggedAsync());
    }

    [Fact]
    public async Task All_that_name_no_contact_are_named_with_their_lines_and_nothing_is_done()
    {
        var result = await BulkAsync("ann@example.com\nnobody@x.example\n\n99\nexternal:zoe\neva\n");

        Assert.Equal(1, result.Code);
        Assert.Contains(
            "4 lines name no contact: line 2 `nobody@x.example`, line 4 `99`, line 5 `external:zoe`, line 6 `eva`.", result.Error, StringComparison.Ordinal);
        Assert.Contains("--skip-unknown", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, await TaggedAsync());
    }

    [Fact]
    public async Task The_rest_is_done_on_request()
    {
        var result = await BulkAsync("ann@example.com\nnobody@x.example\nexternal:b\n99\n", "--skip-unknown", "--output", "json");

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(
            ["""{"line":2,"unknown_contact":"nobody@x.example"}""", """{"line":4,"unknown_contact":"99"}"""],
            result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(2, await TaggedAsync());
    }

    [Fact]
    public async Task Many_unknown_ones_are_counted()
    {
        var result = await BulkAsync(string.Join('\n', Enumerable.Range(1, 250).Select(i => $"nobody{i}@x.example")));

        Assert.Contains("250 lines name no contact", result.Error, StringComparison.Ordinal);
        Assert.Contains("line 20 `nobody20@x.example` and 230 more.", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody21@", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_unknown_ones_only_is_refused_also_on_request() =>
        Assert.Equal(1, (await BulkAsync("nobody@x.example\n", "--skip-unknown")).Code);

    [Fact]
    public async Task A_deleted_contact_is_not_found_by_its_address()
    {
        await _cli.RunAsync("contacts", "delete", "external:c", "--account", _account);

        var result = await BulkAsync("eva@x.example\n");

        Assert.Contains("1 line names no contact: line 1 `eva@x.example`.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_does_not_exist_is_no_file_of_unknown_contacts()
    {
        await File.WriteAllTextAsync(_file, "eva@x.example\n");

        var result = await _cli.RunAsync("tags", "bulk", "--contacts", _file, "--skip-unknown", "--add", "New", "--account", "nobodys-account");

        Assert.Equal(1, result.Code);
        Assert.Contains("account", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("eva@x.example", result.Error, StringComparison.Ordinal);
    }

    private async Task<CliResult> BulkAsync(string lines, params string[] options)
    {
        await File.WriteAllTextAsync(_file, lines);
        await _cli.JsonAsync("tags", "create", "New", "--account", _account);
        return await _cli.RunAsync(["tags", "bulk", "--contacts", _file, "--add", "New", "--account", _account, .. options]);
    }

    private Task<int> TaggedAsync() => _cli.CountAsync(_account, "has tag \"New\"");
}
