using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Testing;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>Finding 3: a service whose connection pool serves nobody is not ready, and is alive.</summary>
public sealed class DatabaseHealthTests
{
    private const int PoolSize = 3;

    [Fact]
    public async Task Finding_3_readiness_notices_a_pool_that_serves_nobody_and_comes_back()
    {
        var database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags],
            Database = database,
            Settings = new Dictionary<string, string?>
            {
                ["Postgres:ConnectionString"] = $"{database.RoleConnectionString("tags")};Maximum Pool Size={PoolSize}",
            },
        });
        var health = new Health.HealthClient(apps.Channel(Service.Tags));
        Assert.Equal(Status.Serving, await StatusAsync(health, ""));

        var pool = apps.App(Service.Tags).Services.GetRequiredService<AccountDatabase>();
        var held = new List<NpgsqlConnection>();
        for (var i = 0; i < PoolSize; i++)
        {
            held.Add(await pool.OpenAsync(1));
        }

        await Eventually.ReadAsync(() => StatusAsync(health, ""), status => status == Status.NotServing);
        Assert.Equal(Status.Serving, await StatusAsync(health, "live"));

        held.ForEach(connection => connection.Dispose());

        await Eventually.ReadAsync(() => StatusAsync(health, ""), status => status == Status.Serving);
    }

    private static async Task<Status> StatusAsync(Health.HealthClient health, string service) =>
        (await health.CheckAsync(new() { Service = service })).Status;
}
