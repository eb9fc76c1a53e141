using Crm.Activity.V1;
using Crm.Common.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Activity.V1.Activity.Types.Kind;

namespace TagSegments.Campaigns.Tests.Activities;

/// <summary>
/// Fault C20 of the page of faults, in the service: activities could be recorded with our own numbers of contacts only, one bad activity refused
/// all, and old ones started workflows.
/// </summary>
public sealed class FaultC20Tests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    private static readonly Timestamp s_long = Timestamp.FromDateTime(new DateTime(2024, 3, 1, 8, 0, 0, DateTimeKind.Utc));

    [Fact]
    public async Task Contacts_are_named_by_number_external_id_or_address()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, "Ann@Bücher.example", c => c.ExternalId = "a-1");

        var recorded = await RecordAsync(
            account,
            new() { ContactId = contact.ContactId, Kind = Kind.Opened },
            Of(new() { ContactId = contact.ContactId }),
            Of(new() { ExternalId = " a-1 " }),
            Of(new() { Email = "ANN@xn--bcher-kva.example" }));

        Assert.Equal(4, recorded.Recorded);
        Assert.Equal(4, (await ListAsync(account, contact.ContactId)).Count);
    }

    [Fact]
    public async Task A_merged_contact_is_the_one_that_it_is_now()
    {
        var account = await world.Apps.NewAccountAsync();
        var (kept, duplicate) = (
            await world.NewContactAsync(account, "new@x.example"), await world.NewContactAsync(account, "old@x.example", c => c.ExternalId = "old"));
        await world.Apps.Contacts.MergeContactsAsync(new() { Account = account, ContactId = kept.ContactId, DuplicateContactId = duplicate.ContactId });

        await RecordAsync(account, Of(new() { ExternalId = "old" }), Of(new() { Email = "old@x.example" }), Of(new() { ContactId = duplicate.ContactId }));

        Assert.Equal(3, (await ListAsync(account, kept.ContactId)).Count);
    }

    [Fact]
    public async Task A_deleted_contact_has_its_external_id_but_not_its_address()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, "gone@x.example", c => c.ExternalId = "gone");
        await world.Apps.Contacts.DeleteContactAsync(new() { Account = account, ContactId = contact.ContactId });

        var answer = await world.Apps.Contacts.ResolveContactsAsync(new()
        {
            Account = account,
            Keys = { new ContactKey { ExternalId = "gone" }, new ContactKey { Email = "gone@x.example" }, new ContactKey { ContactId = contact.ContactId }, new ContactKey() },
        });

        Assert.Equal([contact.ContactId, 0, contact.ContactId, 0], answer.ContactIds);
    }

    [Theory]
    [InlineData("+43 660 1234567", "+436601234567")]
    [InlineData("+43 660 1234567", "0043 (660) 1234567")]
    [InlineData("0660 1234567", "+43-660-1234567")]
    [InlineData("+436601234567", "0660 1234567")]
    [InlineData("1234", "1 2 3 4")]
    public async Task Contacts_are_named_by_phone_in_any_form_of_the_number(string phone, string asked)
    {
        var account = await world.Apps.NewAccountAsync();
        await world.Apps.Accounts.UpdateAccountAsync(new() { Account = account, Country = "AT" });
        var other = await world.NewContactAsync(account, "other@x.example", c => c.Phone = "+436607654321");
        var contact = await world.NewContactAsync(account, "ann@x.example", c => c.Phone = phone);

        await RecordAsync(account, Of(new() { Phone = asked }));
        var recorded = await ListAsync(account, contact.ContactId);
        var kept = await world.NewContactAsync(account, "kept@x.example");
        await world.Apps.Contacts.MergeContactsAsync(new() { Account = account, ContactId = kept.ContactId, DuplicateContactId = contact.ContactId });
        await RecordAsync(account, Of(new() { Phone = asked }));
        var error = await Expect.FailureAsync(() => RecordAsync(account, Of(new() { Phone = "+436600000000" })));

        Assert.Single(recorded);
        Assert.NotEmpty(await ListAsync(account, kept.ContactId));
        Assert.Empty(await ListAsync(account, other.ContactId));
        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "activities[0].contact_key");
        Assert.Contains("+436600000000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "nobody@x.example")]
    [InlineData("nobody", "")]
    [InlineData("\u0001", "")]
    [InlineData("", "no address")]
    public async Task Nobody_is_found_by_an_unknown_or_odd_key(string externalId, string email)
    {
        var account = await world.Apps.NewAccountAsync();

        var answer = await world.Apps.Contacts.ResolveContactsAsync(new()
        {
            Account = account,
            Keys = { email.Length > 0 ? new ContactKey { Email = email } : new ContactKey { ExternalId = externalId } },
        });

        Assert.Equal([0], answer.ContactIds);
    }

    [Fact]
    public async Task One_bad_activity_refuses_all_unless_the_call_allows_it()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, "ann@x.example");
        Activity[] activities =
        [
            Of(new() { Email = "nobody@x.example" }),
            Of(new() { Email = "ann@x.example" }),
            new() { ContactId = contact.ContactId, Kind = Kind.Custom },
            new() { ContactId = 77, Kind = Kind.Opened },
            new() { ContactId = contact.ContactId, ContactKey = new() { Email = "ann@x.example" }, Kind = Kind.Opened },
            new() { Kind = Kind.Opened },
            new() { ContactKey = new(), Kind = Kind.Opened },
        ];

        var error = await Expect.FailureAsync(() => RecordAsync(account, activities));
        var none = await ListAsync(account, contact.ContactId);
        var partial = await world.Activities.RecordActivitiesAsync(new() { Account = account, Activities = { activities }, AllowPartial = true });

        error.Is(
            StatusCode.InvalidArgument, ErrorReason.InvalidField,
            "activities[2].event_name", "activities[4].contact_key", "activities[5].contact_id", "activities[6].contact_key");
        Assert.Empty(none);
        Assert.Equal(1, partial.Recorded);
        Assert.Equal(
            [(0, "contact_key", true), (2, "event_name", false), (3, "contact_id", true), (4, "contact_key", false), (5, "contact_id", false), (6, "contact_key", false)],
            partial.Refused.Select(refused => (refused.Index, refused.Field, refused.UnknownContact)));
        Assert.Contains("nobody@x.example", partial.Refused[0].Message, StringComparison.Ordinal);
        Assert.Single(await ListAsync(account, contact.ContactId));
    }

    [Fact]
    public async Task A_call_whose_contacts_are_all_unknown_records_nothing()
    {
        var account = await world.Apps.NewAccountAsync();

        var error = await Expect.FailureAsync(() => RecordAsync(account, Of(new() { ExternalId = "nobody" })));
        var partial = await world.Activities.RecordActivitiesAsync(
            new() { Account = account, Activities = { Of(new() { ExternalId = "nobody" }) }, AllowPartial = true });

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "activities[0].contact_key");
        Assert.Equal((0, 1), (partial.Recorded, partial.Refused.Count));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_recorded_and_records_nothing()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, "ann@x.example");
        await RecordAsync(account, Keyed("known"));
        var request = new RecordActivitiesRequest
        {
            Account = account,
            Activities = { Keyed("known"), Keyed("new"), Keyed("new"), Of(new() { Email = "ann@x.example" }), Of(new() { Email = "nobody@x.example" }) },
            AllowPartial = true,
            DryRun = true,
        };

        var dry = await world.Activities.RecordActivitiesAsync(request);
        var before = await ListAsync(account, contact.ContactId);
        request.DryRun = false;
        var real = await world.Activities.RecordActivitiesAsync(request);

        Assert.Equal((2, "", 4), (dry.Recorded, dry.ConsistencyToken, Assert.Single(dry.Refused).Index));
        Assert.Single(before);
        Assert.Equal((dry.Recorded, dry.Refused), (real.Recorded, real.Refused));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task The_feed_says_which_activities_workflows_skip(int count)
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.NewContactAsync(account, "ann@x.example");
        var old = Enumerable.Range(0, count).Select(_ => Of(new() { Email = "ann@x.example" }));

        await world.Activities.RecordActivitiesAsync(new() { Account = account, Activities = { old }, SkipWorkflows = true });
        await RecordAsync(account, new Activity { ContactId = contact.ContactId, Kind = Kind.Clicked });

        using var call = world.Activities.WatchActivities(new() { Account = account, UntilPresent = true });
        var seen = new List<Activity>();
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            seen.AddRange(call.ResponseStream.Current.Activities);
        }

        Assert.All(seen.Take(count), activity => Assert.True(activity.SkipWorkflows));
        Assert.Equal((count + 1, false), (seen.Count, seen[^1].SkipWorkflows));
    }

    private static Activity Of(ContactKey key) => new() { ContactKey = key, Kind = Kind.Opened, Time = s_long };

    private static Activity Keyed(string key) => new(Of(new() { Email = "ann@x.example" })) { DedupeKey = key };

    private async Task<RecordActivitiesResponse> RecordAsync(string account, params Activity[] activities) =>
        await world.Activities.RecordActivitiesAsync(new() { Account = account, Activities = { activities } });

    private async Task<IReadOnlyList<Activity>> ListAsync(string account, int contact) =>
        (await world.Activities.ListActivitiesAsync(new() { Account = account, ContactId = contact })).Activities;
}
