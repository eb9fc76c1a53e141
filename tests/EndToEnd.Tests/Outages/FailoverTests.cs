using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>A standby takes over from a PostgreSQL that dies. The services know both hosts and nothing else.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task Fault11_a_synchronous_standby_takes_over_and_no_acknowledged_write_is_lost()
    {
        await using var primary = await PostgresServer.StartAsync();
        var database = await primary.CreateDatabaseAsync();
        await using var standby = await primary.StartStandbyAsync(isSynchronous: true);
        await using var apps = await StartAppsAsync(database.At([primary, standby]));
        var load = await TagLoad.StartAsync(apps);
        await load.MoreAsync(200);
        await CountAsync(apps, load.Account);

        await primary.KillAsync();
        await load.FailureAsync();
        await standby.PromoteAsync();
        await load.MoreAsync(200);
        await load.StopAsync();

        await load.RequireNothingLostAsync();
        Assert.All(load.Failures, failure => failure.Is(StatusCode.Unavailable, ErrorReason.Unavailable));
    }

    [Fact]
    public async Task Fault12_a_standby_without_the_last_writes_gives_no_answer_of_the_lost_time()
    {
        await using var primary = await PostgresServer.StartAsync();
        var database = await primary.CreateDatabaseAsync();
        await using var standby = await primary.StartStandbyAsync(isSynchronous: false);
        await using var apps = await StartAppsAsync(database.At([primary, standby]));
        var load = await TagLoad.StartAsync(apps);
        await load.MoreAsync();
        await load.StopAsync();
        await Eventually.ReadAsync(
            () => primary.ScalarAsync<bool>("SELECT coalesce(bool_and(replay_lsn = pg_current_wal_lsn()), false) FROM pg_stat_replication"), isThere => isThere);
        var kept = await CountAsync(apps, load.Account);

        // The standby gets nothing of this, but memory and Redis know it.
        await standby.StopAsync();
        var lost = await AddContactsAsync(apps, load, 5);
        Assert.Equal(kept + 5, await CountAsync(apps, load.Account, lost));
        await primary.KillAsync();
        await standby.StartAgainAsync();
        await standby.PromoteAsync();

        Assert.Equal(kept, await CountAsync(apps, load.Account));
        await Expect.FailureAsync(StatusCode.DataLoss, ErrorReason.AcknowledgedWriteMissing, () => CountAsync(apps, load.Account, lost));
        // These get the positions of the lost writes.
        var fresh = await AddContactsAsync(apps, load, 3);
        Assert.Equal(kept + 3, await CountAsync(apps, load.Account, fresh));
        await Expect.FailureAsync(StatusCode.DataLoss, ErrorReason.AcknowledgedWriteMissing, () => CountAsync(apps, load.Account, lost));
        await apps.StopAsync(Service.Segments);
        await apps.StartAsync(Service.Segments);
        Assert.Equal(kept + 3, await CountAsync(apps, load.Account, fresh));
    }

    private static Task<TestApps> StartAppsAsync(TestDatabase database) =>
        TestApps.StartAsync(new() { Services = [Service.Tags, Service.Segments], Settings = Calls.Quiet, Database = database });

    private static async Task<string> AddContactsAsync(TestApps apps, TagLoad load, int contacts)
    {
        var token = "";
        for (var i = 0; i < contacts; i++)
        {
            var contact = (await Calls.UntilServedAsync(call => apps.Contacts.CreateContactAsync(new() { Account = load.Account, Contact = new() }, call))).Contact;
            token = (await Calls.UntilServedAsync(call => apps.Tags.AddTagsAsync(
                new() { Account = load.Account, ContactId = contact.ContactId, TagIds = { load.TagId } }, call))).ConsistencyToken;
        }

        return token;
    }

    private static async Task<int> CountAsync(TestApps apps, string account, string token = "") => (await Calls.UntilServedAsync(call =>
        apps.Segments.CountContactsAsync(new() { Account = account, Source = new() { Text = TagLoad.Filter }, AtLeast = token }, call))).Count;
}
