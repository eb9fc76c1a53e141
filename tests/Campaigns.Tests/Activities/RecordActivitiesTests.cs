using Crm.Activity.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Activities;

public sealed class RecordActivitiesTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private static readonly DateTime s_now = DateTime.UtcNow;

    [Fact]
    public async Task Lists_a_contacts_activities_newest_first()
    {
        var (account, contact) = await ArrangeAsync();
        await RecordAsync(account, Event(contact, Kind.Sent, -30), Event(contact, Kind.Opened, -10), Event(contact, Kind.Clicked, -20));

        var first = await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact, PageSize = 2 });
        var second = await world.Activities.ListActivitiesAsync(
            new() { Account = account, ContactId = contact, PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal([Kind.Opened, Kind.Clicked], first.Activities.Select(a => a.Kind));
        Assert.Equal([Kind.Sent], second.Activities.Select(a => a.Kind));
        Assert.Equal("", second.NextPageToken);
    }

    [Fact]
    public async Task Keeps_the_name_and_properties_of_a_form_submission()
    {
        var (account, contact) = await ArrangeAsync();
        var form = Event(contact, Kind.Custom, 0);
        form.EventName = "Form Submitted";
        form.Properties = new Struct { Fields = { ["form"] = Value.ForString("Demo"), ["seats"] = Value.ForNumber(3) } };

        await RecordAsync(account, form);

        var listed = Assert.Single((await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact })).Activities);
        Assert.Equal("Form Submitted", listed.EventName);
        Assert.Equal(form.Properties, listed.Properties);
    }

    [Theory]
    [InlineData(19, null)]
    [InlineData(20, ErrorReason.InvalidField)]
    [InlineData(45, ErrorReason.InvalidField)]
    [InlineData(1_000, ErrorReason.MalformedMessage)]
    public async Task Finding_15_properties_of_any_depth_are_kept_or_refused(int lists, ErrorReason? reason)
    {
        var (account, contact) = await ArrangeAsync();
        var form = Event(contact, Kind.Custom, 0);
        form.EventName = "Deep";
        form.Properties = new Struct { Fields = { ["a"] = Enumerable.Range(0, lists).Aggregate(Value.ForString("x"), (value, _) => Value.ForList(value)) } };

        if (reason is { } expected)
        {
            Assert.Equal(expected, (await Expect.FailureAsync(() => RecordAsync(account, form))).Reason);
            return;
        }

        await RecordAsync(account, form);
        var listed = await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact });
        Assert.Equal(form.Properties, Assert.Single(listed.Activities).Properties);
    }

    [Fact]
    public async Task Records_an_event_with_the_same_key_once()
    {
        var (account, contact) = await ArrangeAsync();
        var opened = Event(contact, Kind.Opened, 0);
        opened.DedupeKey = "event 1";

        var first = await RecordAsync(account, opened, opened);
        var second = await RecordAsync(account, opened);

        Assert.Equal((1, 0), (first.Recorded, second.Recorded));
    }

    [Fact]
    public async Task Calls_that_are_recorded_together_are_each_told_how_many_of_theirs_were()
    {
        var (account, contact) = await ArrangeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
        {
            var (shared, own) = (Event(contact, Kind.Opened, -i), Event(contact, Kind.Clicked, -i));
            shared.DedupeKey = "shared";
            return RecordAsync(account, shared, own);
        }));

        Assert.Equal(39, answers.Count(answer => answer.Recorded == 1));
        Assert.Equal(1, answers.Count(answer => answer.Recorded == 2));
        var listed = await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact });
        Assert.Equal(41, listed.Activities.Count);
    }

    [Fact]
    public async Task Keeps_the_latest_time_of_each_kind_whatever_the_order_of_arrival()
    {
        var (account, contact) = await ArrangeAsync();

        await RecordAsync(account, Event(contact, Kind.Opened, -10));
        await RecordAsync(account, Event(contact, Kind.Opened, -600));

        var last = Assert.Single(await world.QueryAsync<DateTime>(
            """
            SELECT last_opened_at FROM campaigns.contact_activity a JOIN crm.account c USING (account_id)
            WHERE c.name = @account AND contact_id = @contact
            """,
            new { account, contact }));
        Assert.Equal(s_now.AddSeconds(-10), last, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Moves_the_clock_on_once_per_call_and_names_the_contacts()
    {
        var (account, contact) = await ArrangeAsync();
        var other = (await world.NewContactAsync(account, "b@x.example")).ContactId;

        await RecordAsync(account, Event(other, Kind.Opened, 0), Event(contact, Kind.Opened, 0), Event(contact, Kind.Clicked, 0));

        var commit = Assert.Single(await world.QueryAsync<(long Pos, int[] Contacts)>(
            "SELECT pos, contact_ids FROM campaigns.activity_commit JOIN crm.account c USING (account_id) WHERE c.name = @account", new { account }));
        Assert.Equal(1, commit.Pos);
        Assert.Equal([contact, other], commit.Contacts);
    }

    [Fact]
    public async Task A_repeated_request_has_one_effect()
    {
        var (account, contact) = await ArrangeAsync();
        var request = new RecordActivitiesRequest { Account = account, RequestId = "r1", Activities = { Event(contact, Kind.Opened, 0) } };

        var first = await world.Activities.RecordActivitiesAsync(request);
        var second = await world.Activities.RecordActivitiesAsync(request);

        Assert.Equal(first, second);
        Assert.Single((await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact })).Activities);
    }

    [Fact]
    public async Task Refuses_the_whole_call_and_names_every_bad_field()
    {
        var (account, contact) = await ArrangeAsync();
        var late = Event(contact, Kind.Opened, 3600);
        var nameless = Event(contact, Kind.Custom, 0);
        var noKind = Event(contact, Kind.Unspecified, 0);

        var error = await Expect.FailureAsync(
            () => RecordAsync(account, Event(contact, Kind.Opened, 0), late, nameless, noKind));

        error.Is(
            StatusCode.InvalidArgument, ErrorReason.InvalidField, "activities[1].time", "activities[2].event_name", "activities[3].kind");
        Assert.Empty((await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact })).Activities);
    }

    [Fact]
    public async Task Refuses_contacts_that_do_not_exist()
    {
        var (account, contact) = await ArrangeAsync();

        var error = await Expect.FailureAsync(
            () => RecordAsync(account, Event(contact, Kind.Opened, 0), Event(int.MaxValue, Kind.Opened, 0)));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField);
        Assert.Contains("activities[1].contact_id", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_shows_everything_in_order_and_resumes_after_a_position()
    {
        var (account, contact) = await ArrangeAsync();
        await RecordAsync(account, Event(contact, Kind.Sent, -3));
        await RecordAsync(account, Event(contact, Kind.Opened, -20), Event(contact, Kind.Clicked, -2));

        var (kinds, position) = await WatchAsync(account, "", 3);
        await RecordAsync(account, Event(contact, Kind.Replied, -1));
        var (later, _) = await WatchAsync(account, position, 1);

        Assert.Equal([Kind.Sent, Kind.Opened, Kind.Clicked], kinds);
        Assert.Equal([Kind.Replied], later);
    }

    [Fact]
    public async Task Concurrent_writers_leave_no_gap_in_the_feed()
    {
        var (account, contact) = await ArrangeAsync();
        var watching = WatchAsync(account, "", 200);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            for (var i = 0; i < 10; i++)
            {
                await RecordAsync(account, Event(contact, Kind.Opened, -i));
            }
        }));

        Assert.Equal(200, (await watching).Kinds.Count);
    }

    private async Task<(string Account, int Contact)> ArrangeAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        return (account, (await world.NewContactAsync(account, "ann@x.example")).ContactId);
    }

    private async Task<RecordActivitiesResponse> RecordAsync(string account, params Activity[] activities) =>
        await world.Activities.RecordActivitiesAsync(new() { Account = account, Activities = { activities } });

    private async Task<(List<Kind> Kinds, string Position)> WatchAsync(string account, string after, int count)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        using var call = world.Activities.WatchActivities(new() { Account = account, After = after }, cancellationToken: patience.Token);
        var kinds = new List<Kind>();
        var position = "";
        while (kinds.Count < count && await call.ResponseStream.MoveNext(patience.Token))
        {
            kinds.AddRange(call.ResponseStream.Current.Activities.Select(a => a.Kind));
            position = call.ResponseStream.Current.Position;
        }

        return (kinds, position);
    }

    private static Activity Event(int contact, Kind kind, int seconds) =>
        new() { ContactId = contact, Kind = kind, Time = Timestamp.FromDateTime(s_now.AddSeconds(seconds)) };
}
