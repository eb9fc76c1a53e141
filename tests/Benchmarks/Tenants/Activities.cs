using Crm.Activity.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>Records activities: an open of every second contact, a purchase of the others.</summary>
internal sealed class Activities(TenantRig rig)
{
    private const int PerCall = 10_000;
    private readonly ActivityService.ActivityServiceClient _activities = new(rig.Connect(Service.Campaigns));

    public async Task RecordAsync(string account, int contacts)
    {
        var now = DateTime.UtcNow;
        foreach (var ids in Enumerable.Range(1, contacts).Chunk(PerCall))
        {
            await _activities.RecordActivitiesAsync(new RecordActivitiesRequest { Account = account, Activities = { ids.Select(id => Of(id, now)) } });
        }
    }

    private static Activity Of(int contactId, DateTime now)
    {
        var time = Timestamp.FromDateTime(now.AddMinutes(-1 - (contactId % 500_000)));
        return contactId % 2 == 0
            ? new Activity { ContactId = contactId, Kind = Activity.Types.Kind.Opened, Time = time }
            : new Activity
            {
                ContactId = contactId,
                Kind = Activity.Types.Kind.Custom,
                EventName = "Purchase",
                Time = time,
                Properties = new Struct { Fields = { ["total"] = Value.ForNumber(contactId % 1_000) } },
            };
    }
}
