using System.IO.Compression;
using System.Text;
using TagSegments.Cli.Commands.Imports;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Files;

/// <summary>What reaches the command line before an import: standard input, and names of columns that look like something else.</summary>
public sealed class ImportInputTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string Text = "email\nann@example.org\n";
    private readonly Cli _cli = new(shared.Apps);

    [Theory]
    [InlineData(true, Text)]
    [InlineData(false, Text)]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(false, "x")]
    [InlineData(true, "x")]
    public async Task Standard_input_is_decompressed_if_it_is_compressed(bool compressed, string text)
    {
        using var input = new MemoryStream();
        if (compressed)
        {
            await using var gzip = new GZipStream(input, CompressionMode.Compress, leaveOpen: true);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(text));
            await gzip.FlushAsync();
        }
        else
        {
            await input.WriteAsync(Encoding.UTF8.GetBytes(text));
        }

        input.Position = 0;
        using var reader = new StreamReader(StreamStart.Decompressed(input));

        Assert.Equal(text, await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData("=cmd", "=cmd=email")]
    [InlineData("=", "==email")]
    [InlineData("=1+1", "=1+1=email")]
    [InlineData("a=b", "a=b=email")]
    [InlineData("-x", "-x=email")]
    [InlineData("@who", "@who=email")]
    public async Task A_column_with_any_name_is_mapped(string header, string map)
    {
        var account = await shared.Apps.NewAccountAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"\"{header}\",city\nann@example.org,Graz\n");

        var result = await _cli.RunAsync("import", file, "--account", account, "--map", map, "--match-email");
        File.Delete(file);

        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal(1, await _cli.CountAsync(account, "email = \"ann@example.org\""));
    }

    [Theory]
    [InlineData("=score", "=score=text")]
    [InlineData("-score", "-score=text")]
    public async Task A_column_with_any_name_gets_a_type(string header, string type)
    {
        var account = await shared.Apps.NewAccountAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"email,{header}\nann@example.org,5\n");

        var result = await _cli.RunAsync("import", file, "--account", account, "--type", type, "--missing", $"{header}=7");
        File.Delete(file);

        Assert.True(result.Code == 0, result.ToString());
        Assert.Contains("text", (await _cli.RunAsync("fields", "list", "--account", account)).Output, StringComparison.OrdinalIgnoreCase);
    }
}
