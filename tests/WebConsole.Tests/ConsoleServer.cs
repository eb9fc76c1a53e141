using System.Globalization;
using Dapper;
using Npgsql;
using TagSegments.EndToEnd.Tests;

namespace TagSegments.WebConsole.Tests;

/// <summary>Standalone with its demo, started once for all tests of pages.</summary>
public sealed class ConsoleServer : IAsyncLifetime
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"tagsegments-console-{Guid.NewGuid():N}");
    private StandaloneProcess? _process;

    /// <summary>The address of the console, such as <c>http://localhost:5100</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The address of the tag service, for what a test needs and no page makes.</summary>
    public Uri Tags { get; private set; } = null!;

    /// <summary>The address of the segment service.</summary>
    public Uri Segments { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var ports = StandaloneProcess.FreePortOptions();
        Address = new($"http://localhost:{ports[Array.IndexOf(ports, "--console-port") + 1]}");
        Tags = new($"http://127.0.0.1:{ports[Array.IndexOf(ports, "--tags-port") + 1]}");
        Segments = new($"http://127.0.0.1:{ports[Array.IndexOf(ports, "--segments-port") + 1]}");
        _process = StandaloneProcess.Start(["--data", _data, "--demo-contacts", Contacts.ToString(CultureInfo.InvariantCulture), .. ports]);
        await _process.WaitUntilRunningAsync();
        await MakeOlderAsync();
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    // The slider of past days offers none on the first day of an account.
    private async Task MakeOlderAsync()
    {
        var postgres = Path.Combine(_data, "postgres");
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(File.ReadLines(Path.Combine(postgres, "postmaster.pid")).ElementAt(3), CultureInfo.InvariantCulture),
            Username = "postgres",
            Password = await File.ReadAllTextAsync(Path.Combine(postgres, "tagsegments.password")),
            Database = "postgres",
            Pooling = false,
        };
        await using var database = new NpgsqlConnection(connection.ConnectionString);
        await database.OpenAsync();
        const string sql = """
            UPDATE crm.account SET created_at = created_at - @ago, history_from = history_from - @history WHERE name = 'demo';
            UPDATE crm.commit SET committed_at = committed_at - @history WHERE pos = 0
            """;
        await database.ExecuteAsync(sql, new { ago = TimeSpan.FromDays(AccountDays), history = TimeSpan.FromDays(HistoryDays) });
    }

    /// <summary>How many days ago the account of the demo was created.</summary>
    public const int AccountDays = 9;

    /// <summary>How many days its history goes back.</summary>
    public const int HistoryDays = 3;

    /// <summary>How many contacts the demo has.</summary>
    public const int Contacts = 2_000;
}

/// <summary>The tests that share one console.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleCollection : ICollectionFixture<ConsoleServer>
{
    public const string Name = "console";
}
