using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TagSegments.EndToEnd.Tests;

/// <summary>Standalone as its users meet it: a program that starts everything and stops everything.</summary>
public sealed class StandaloneTests : IDisposable
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"tagsegments-standalone-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_second_start_finds_the_data_of_the_first_and_nothing_is_left_running()
    {
        var ports = StandaloneProcess.FreePortOptions();
        string[] args = ["--data", _data, "--no-demo", .. ports];
        string[] servers = ["--server", $"tags=http://127.0.0.1:{ports[1]}", "--server", $"segments=http://127.0.0.1:{ports[3]}"];

        await using (var first = StandaloneProcess.Start(args))
        {
            await first.WaitUntilRunningAsync();
            Assert.Equal(0, await CliAsync(["accounts", "create", "kept", .. servers]));
            var children = first.Children();
            Assert.NotEmpty(children);

            Assert.Equal(0, await first.TerminateAsync());
            Assert.All(children, id => Assert.False(Directory.Exists($"/proc/{id}"), $"process {id} is left"));
        }

        await using var second = StandaloneProcess.Start(args);
        await second.WaitUntilRunningAsync();
        Assert.Equal(0, await CliAsync(["segments", "count", "everyone", "--account", "kept", .. servers]));
    }

    [Fact]
    public async Task With_authentication_a_call_needs_the_token_of_the_data_folder()
    {
        var ports = StandaloneProcess.FreePortOptions();
        string[] create = ["accounts", "create", "mine", "--server", $"tags=http://127.0.0.1:{ports[1]}"];
        string[] count = ["segments", "count", "everyone", "--account", "mine", "--server", $"segments=http://127.0.0.1:{ports[3]}"];
        await using var process = StandaloneProcess.Start(["--data", _data, "--no-demo", "--auth", .. ports]);
        await process.WaitUntilRunningAsync();
        var file = Path.Combine(_data, "token");
        var token = await File.ReadAllTextAsync(file);

        Assert.NotEqual(0, await CliAsync(create));
        Assert.Equal(0, await CliAsync([.. create, "--token", token]));
        // Segments asks Tags about the account: the services know each other.
        Assert.Equal(0, await CliAsync([.. count, "--token", token]));
        // The mail has people's addresses.
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_data, "mail.jsonl")));
        }
    }

    [Fact]
    public async Task A_taken_port_is_named_with_its_owner_and_the_option_that_changes_it()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var ports = StandaloneProcess.FreePortOptions();
        ports[3] = port.ToString(CultureInfo.InvariantCulture);

        await using var process = StandaloneProcess.Start(["--data", _data, "--no-demo", .. ports]);
        var code = await process.ExitAsync();
        listener.Dispose();

        Assert.Equal(1, code);
        Assert.Contains($"Port {port} for the segments service is taken by process {Environment.ProcessId}", process.Output, StringComparison.Ordinal);
        Assert.Contains("--segments-port", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_6_A_database_of_another_machine_is_used_over_TLS_only()
    {
        await using var process = StandaloneProcess.Start(
            ["--data", _data, "--no-demo", "--postgres", "Host=db.example;Username=postgres;Password=secret", .. StandaloneProcess.FreePortOptions()]);
        var code = await process.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains("SSL Mode=VerifyFull", process.Output, StringComparison.Ordinal);
    }

    private static async Task<int> CliAsync(string[] args) => await TagSegments.Cli.CliApp.RunAsync(args, TextWriter.Null, TextWriter.Null);
}
