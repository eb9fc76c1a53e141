using Crm.Activity.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;
using Bounce = Crm.Activity.V1.Activity.Types.Bounce;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Activities;

/// <summary>Bounces are hard, soft, or of a class that nobody knows.</summary>
public sealed class BounceClassTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private static readonly DateTime s_now = DateTime.UtcNow;

    [Fact]
    public async Task Keeps_whether_a_bounce_is_hard_or_soft()
    {
        var (account, contact) = await ArrangeAsync();
        Bounce[] classes = [Bounce.Hard, Bounce.Unspecified, Bounce.Soft];

        await RecordAsync(account, [.. classes.Select((bounce, i) => Bounced(contact, -i, bounce))]);

        var listed = (await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact })).Activities;
        Assert.Equal(classes, listed.Select(a => a.Bounce));
    }

    [Fact]
    public async Task Refuses_a_class_of_bounces_for_other_kinds_and_one_that_is_not_known()
    {
        var (account, contact) = await ArrangeAsync();
        var opened = Event(contact, Kind.Opened, 0);
        opened.Bounce = Bounce.Hard;

        var failure = await Expect.FailureAsync(() => RecordAsync(account, opened, Bounced(contact, 0, (Bounce)3)));

        Assert.Equal(
            [("activities[0].bounce", "is for bounces only"), ("activities[1].bounce", "is not a class of bounces: hard or soft")],
            failure.Violations.Select(v => (v.Field, v.Description)));
    }

    private async Task<(string Account, int Contact)> ArrangeAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        return (account, (await world.NewContactAsync(account, "ann@x.example")).ContactId);
    }

    private async Task<RecordActivitiesResponse> RecordAsync(string account, params Activity[] activities) =>
        await world.Activities.RecordActivitiesAsync(new() { Account = account, Activities = { activities } });

    private static Activity Bounced(int contact, int seconds, Bounce bounce)
    {
        var activity = Event(contact, Kind.Bounced, seconds);
        activity.Bounce = bounce;
        return activity;
    }

    private static Activity Event(int contact, Kind kind, int seconds) =>
        new() { ContactId = contact, Kind = kind, Time = Timestamp.FromDateTime(s_now.AddSeconds(seconds)) };
}
