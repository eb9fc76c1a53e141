using System.Security.Cryptography;
using Dapper;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Workflows.Tests.Runs;
using State = Crm.Workflows.V1.Run.Types.State;

namespace TagSegments.Workflows.Tests.Enrolment;

/// <summary>The positions of feeds that workflows keep get over an exchange of the key, also in accounts in which nothing happens.</summary>
public sealed class KeyExchangeTests
{
    [Fact]
    public async Task No_event_is_lost_when_the_key_of_positions_is_exchanged_and_withdrawn()
    {
        var (first, second) = (NewKey(1), NewKey(2));
        var settings = new Dictionary<string, string?> { ["ClockFeed:AllSeconds"] = "1", ["Keys:Tokens"] = first };
        await using var apps = await TestApps.StartAsync(new TestAppsOptions { Settings = settings });
        var crm = await WorkflowAccount.NewAsync(apps, "Start", "Seen");
        var workflow = await crm.PublishAsync("{name: W, triggers: [{tag: {tags: [Start]}}], nodes: [{id: mark, add_tag: {tag: Seen}}]}");
        Assert.All(await MarksAsync(apps), mark => Assert.Equal("1", mark));

        await RestartAsync(apps, settings, $"{second} {first}");
        await Eventually.ReadAsync(() => MarksAsync(apps), marks => marks.TrueForAll(mark => mark == "2"), "all positions to have the new key");
        await RestartAsync(apps, settings, second);

        var contact = await crm.NewContactAsync(null, "Start");
        await crm.WaitForRunAsync(workflow, contact, State.Completed);
    }

    private static async Task RestartAsync(TestApps apps, Dictionary<string, string?> settings, string ring)
    {
        settings["Keys:Tokens"] = ring;
        foreach (var service in Enum.GetValues<Service>().Reverse())
        {
            await apps.StopAsync(service);
        }

        foreach (var service in Enum.GetValues<Service>())
        {
            await apps.StartAsync(service);
        }
    }

    private static async Task<List<string>> MarksAsync(TestApps apps)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        return [.. await connection.QueryAsync<string>("SELECT split_part(position, '.', 1) FROM workflows.cursor")];
    }

    private static string NewKey(int id) => $"{id}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";
}
