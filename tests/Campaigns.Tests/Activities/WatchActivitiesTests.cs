using Crm.Activity.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Activities;

/// <summary>Finding 3: a response holds no more than a reader can take, however long its activities are.</summary>
public sealed class WatchActivitiesTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private const int Calls = 4;
    private const int PerCall = 150;

    [Fact]
    public async Task Finding_3_many_long_activities_come_in_small_responses_each_once_and_in_order()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, "ann@x.example");
        for (var call = 0; call < Calls; call++)
        {
            var first = call * PerCall;
            await world.Activities.RecordActivitiesAsync(new()
            {
                Account = account,
                Activities = { Enumerable.Range(first, PerCall).Select(n => Long(contact.ContactId, n)) },
            });
        }

        using var patience = new CancellationTokenSource(Eventually.Patience);
        using var watch = world.Activities.WatchActivities(new() { Account = account }, cancellationToken: patience.Token);
        var names = new List<string>();
        while (names.Count < Calls * PerCall && await watch.ResponseStream.MoveNext(patience.Token))
        {
            Assert.InRange(watch.ResponseStream.Current.CalculateSize(), 1, 600 * 1024);
            names.AddRange(watch.ResponseStream.Current.Activities.Select(activity => activity.EventName));
        }

        Assert.Equal(Enumerable.Range(0, Calls * PerCall).Select(n => $"event {n}"), names);
    }

    private static Activity Long(int contactId, int number) => new()
    {
        ContactId = contactId,
        Kind = Activity.Types.Kind.Custom,
        EventName = $"event {number}",
        Properties = new Struct { Fields = { ["text"] = Value.ForString(new string('x', 15_000)) } },
    };
}
