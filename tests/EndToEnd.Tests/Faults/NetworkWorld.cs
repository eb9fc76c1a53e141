using System.Globalization;
using Npgsql;
using TagSegments.EndToEnd.Tests.Outages;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Faults;

/// <summary>All services, each of which reaches the others, and PostgreSQL, over ways that a test can hurt.</summary>
public sealed class NetworkWorld : IAsyncLifetime
{
    private TestDatabase? _database;

    public TestApps Apps { get; private set; } = null!;

    /// <summary>The ways to the services. Tests call them directly.</summary>
    public IReadOnlyDictionary<Service, FaultyLink> Links { get; } = Enum.GetValues<Service>().ToDictionary(service => service, _ => FaultyLink.Start());

    /// <summary>The way of all services to PostgreSQL.</summary>
    public FaultyLink Database { get; } = FaultyLink.Start();

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        Database.Target = new NpgsqlConnectionStringBuilder(_database.OwnerConnectionString).Port;
        Apps = await TestApps.StartAsync(new()
        {
            Database = _database.Through(Database.Port),
            Settings = Calls.Quiet.Concat(Links.Select(link => KeyValuePair.Create(
                $"Services:{link.Key}", (string?)$"http://127.0.0.1:{link.Value.Port.ToString(CultureInfo.InvariantCulture)}"))).ToDictionary(),
        });
        foreach (var (service, link) in Links)
        {
            link.Target = new Uri(Apps.GrpcAddress(service)).Port;
        }
    }

    /// <summary>Mends all ways.</summary>
    public void Mend()
    {
        foreach (var link in Links.Values.Append(Database))
        {
            (link.Delay, link.BytesPerSecond, link.BreaksOneOf, link.IsCutThere, link.IsCutBack) = (TimeSpan.Zero, null, 0, false, false);
        }
    }

    public async Task DisposeAsync()
    {
        Mend();
        await Apps.DisposeAsync();
        foreach (var link in Links.Values.Append(Database))
        {
            await link.DisposeAsync();
        }

        await _database!.DisposeAsync();
    }
}
