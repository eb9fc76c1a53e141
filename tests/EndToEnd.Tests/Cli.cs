using System.Text.Json.Nodes;
using TagSegments.Cli;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests;

/// <summary>Runs the command line program as a shell would, against the services of the tests.</summary>
internal sealed class Cli(TestApps apps)
{
    public async Task<CliResult> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CliApp.RunAsync([.. args, .. Servers()], output, error);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed and reads its JSON.</summary>
    public async Task<JsonNode> JsonAsync(params string[] args)
    {
        var result = await RunAsync([.. args, "--output", "json"]);
        Assert.True(result.Code == 0, result.ToString());
        return JsonNode.Parse(result.Output)!;
    }

    public async Task<int> CountAsync(string account, string filter) =>
        (await JsonAsync("segments", "count", filter, "--account", account))["count"]!.GetValue<int>();

    private IEnumerable<string> Servers() => Enum.GetValues<Service>().SelectMany(service =>
        new[] { "--server", $"{service.ToString().ToLowerInvariant()}={apps.GrpcAddress(service)}" });
}

/// <summary>The result of a run of the program.</summary>
internal sealed record CliResult(int Code, string Output, string Error);
