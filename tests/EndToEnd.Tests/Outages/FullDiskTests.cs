using Crm.Errors.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>Fault 13: the disk of PostgreSQL fills up while calls are made.</summary>
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task Fault13_without_room_for_tables_writes_are_refused_and_change_nothing_and_reads_go_on()
    {
        using var disk = SmallDisk.TryMount(96)!;
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{disk.Folder}'");
        var database = await server.CreateDatabaseAsync("small");
        await using var apps = await StartAppsAsync(database);
        var load = await TagLoad.StartAsync(apps);
        await load.MoreAsync();

        disk.Fill();
        await load.FailureAsync();
        // Reading, and writing what needs no further room, go on.
        Assert.InRange((await apps.Segments.CountContactsAsync(new() { Account = load.Account, Source = new() { Text = TagLoad.Filter } })).Count, 0, 40);
        disk.Free();
        await load.MoreAsync();
        await load.StopAsync();

        await load.RequireNothingLostAsync();
        Assert.All(load.Failures, failure =>
        {
            failure.Is(StatusCode.ResourceExhausted, ErrorReason.DatabaseExhausted);
            Assert.Equal("53100", failure.Metadata["sqlstate"]);
        });
    }

    [SmallDiskFact]
    public async Task Fault13_without_room_for_its_log_the_database_stops_and_has_everything_acknowledged_when_there_is_room()
    {
        using var disk = SmallDisk.TryMount(384)!;
        await using var server = await PostgresServer.StartAsync(Path.Combine(disk.Folder, "server"));
        await using var apps = await StartAppsAsync(await server.CreateDatabaseAsync());
        var load = await TagLoad.StartAsync(apps);
        await load.MoreAsync();

        disk.Fill();
        try
        {
            // From here on, writes need a new segment of the log.
            await server.ExecuteAsync("SELECT pg_switch_wal()");
        }
        catch (NpgsqlException)
        {
            // It stopped at once.
        }

        await load.FailureAsync();
        disk.Free();
        await server.KillAsync();
        await server.StartAgainAsync();
        await load.MoreAsync();
        await load.StopAsync();

        await load.RequireNothingLostAsync();
        Assert.All(load.Failures, failure => Assert.Contains(failure.Reason, new[] { ErrorReason.Unavailable, ErrorReason.DatabaseExhausted }));
    }

    private static Task<TestApps> StartAppsAsync(TestDatabase database) =>
        TestApps.StartAsync(new() { Services = [Service.Tags, Service.Segments], Settings = Calls.Quiet, Database = database });
}
