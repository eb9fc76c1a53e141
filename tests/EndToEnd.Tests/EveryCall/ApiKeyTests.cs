using Crm.Auth.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>Finding 5: programs have keys with what they need and no more, which can be taken back.</summary>
public sealed class ApiKeyTests(AppsWithSigningKey guarded) : IClassFixture<AppsWithSigningKey>
{
    // One call of each service that every account can make.
    private static readonly string[] s_reads =
        ["AccountService/GetAccount", "SegmentService/ListSegments", "CampaignService/ListCampaigns", "WorkflowService/ListWorkflows"];

    [Fact]
    public async Task Finding_5_A_revoked_key_is_refused_by_every_service_within_seconds()
    {
        var key = await guarded.NewKeyAsync("short-lived", Permission.ContactsRead);
        foreach (var call in s_reads)
        {
            Assert.Null(await CallAsync(call, key.Text));
        }

        await guarded.Apps.Accounts.RevokeApiKeyAsync(new() { Account = GuardedApps.Own, KeyId = key.Key.KeyId }, Admin());

        foreach (var call in s_reads)
        {
            await Eventually.ReadAsync(() => CallAsync(call, key.Text), error => error is { Reason: ErrorReason.Unauthenticated });
        }
    }

    [Fact]
    public async Task Finding_5_A_stream_ends_with_the_key_that_opened_it()
    {
        var key = await guarded.NewKeyAsync("watcher", Permission.ContactsRead);
        var editor = GuardedApps.Headers(guarded.Issuer.Token(GuardedApps.Own, "contacts.write tags.write"));
        var contact = await guarded.Apps.Contacts.CreateContactAsync(new() { Account = GuardedApps.Own, Contact = new() { FirstName = "Ada" } }, editor);
        using var stream = guarded.Apps.Tags.WatchTagEvents(new() { Account = GuardedApps.Own }, GuardedApps.Headers(key.Text));
        var (seen, tags) = (0, 0);
        var reading = Expect.FailureAsync(async () =>
        {
            while (await stream.ResponseStream.MoveNext(CancellationToken.None))
            {
                seen++;
            }
        });
        await Eventually.ReadAsync(TagAsync, _ => seen > 0);

        await guarded.Apps.Accounts.RevokeApiKeyAsync(new() { Account = GuardedApps.Own, KeyId = key.Key.KeyId }, Admin());

        await Eventually.ReadAsync(TagAsync, _ => reading.IsCompleted);
        (await reading).Is(StatusCode.Unauthenticated, ErrorReason.Unauthenticated);

        async Task<int> TagAsync()
        {
            await guarded.Apps.Tags.AddTagsAsync(
                new AddTagsRequest { Account = GuardedApps.Own, ContactId = contact.Contact.ContactId, TagNames = { $"Seen {++tags}" }, CreateMissing = true }, editor);
            return tags;
        }
    }

    [Fact]
    public async Task Finding_5_A_key_has_no_more_rights_than_its_maker()
    {
        var error = await Expect.FailureAsync(() => guarded.Apps.Accounts.CreateApiKeyAsync(
            new() { Account = GuardedApps.Own, Name = "too much", Permissions = { Permission.AccountAdmin, Permission.CampaignsSend } }, Admin()).ResponseAsync);

        Assert.Equal("campaigns.send", error.Is(StatusCode.PermissionDenied, ErrorReason.PermissionDenied).Metadata["permission"]);
    }

    [Fact]
    public async Task A_key_cannot_make_keys()
    {
        var error = await Expect.FailureAsync(() => guarded.Apps.Accounts.CreateApiKeyAsync(
            new() { Account = GuardedApps.Own, Name = "child", Permissions = { Permission.AccountAdmin } },
            GuardedApps.Headers(guarded.KeyFor(Permission.AccountAdmin)!)).ResponseAsync);

        error.Is(StatusCode.PermissionDenied, ErrorReason.PermissionDenied);
    }

    [Fact]
    public async Task Histories_name_the_key()
    {
        var key = await guarded.NewKeyAsync("importer", Permission.ContactsRead, Permission.ContactsWrite, Permission.TagsWrite);
        var contact = await guarded.Apps.Contacts.CreateContactAsync(
            new() { Account = GuardedApps.Own, Contact = new() { FirstName = "Ada" } }, GuardedApps.Headers(key.Text));
        await guarded.Apps.Tags.AddTagsAsync(
            new AddTagsRequest { Account = GuardedApps.Own, ContactId = contact.Contact.ContactId, TagNames = { "Keyed" }, CreateMissing = true },
            GuardedApps.Headers(key.Text));

        var events = await guarded.Apps.Tags.ListTagEventsAsync(
            new() { Account = GuardedApps.Own, ContactId = contact.Contact.ContactId }, GuardedApps.Headers(key.Text));

        Assert.Equal(["key:importer"], events.Events.Select(change => change.Actor).Distinct());
    }

    [Theory]
    [InlineData("key:importer")]
    [InlineData("service:campaigns")]
    public async Task No_user_takes_the_name_of_a_key_or_a_service(string subject)
    {
        var token = guarded.Issuer.Token(GuardedApps.Own, "contacts.read", subject: subject);

        Assert.Equal(ErrorReason.Unauthenticated, (await CallAsync(s_reads[0], token))?.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_service_notes_the_use_of_a_key(int service)
    {
        var key = await guarded.NewKeyAsync($"used {service}", Permission.ContactsRead);
        Assert.Null(key.Key.LastUseTime);

        Assert.Null(await CallAsync(s_reads[service], key.Text));

        await Eventually.ReadAsync(
            async () => (await guarded.Apps.Accounts.ListApiKeysAsync(new() { Account = GuardedApps.Own }, Admin())).Keys.Single(k => k.KeyId == key.Key.KeyId),
            used => used.LastUseTime is not null);
    }

    private Metadata Admin() =>
        GuardedApps.Headers(guarded.Issuer.Token(GuardedApps.Own, GuardedApps.ScopeOf(Permission.AccountAdmin)));

    private Task<Failure?> CallAsync(string name, string token)
    {
        var call = ApiCall.All.Single(call => call.Name.EndsWith(name, StringComparison.Ordinal));
        var request = call.Descriptor.InputType.Parser.ParseFrom([]);
        call.Descriptor.InputType.FindFieldByName("account").Accessor.SetValue(request, GuardedApps.Own);
        return guarded.CallAsync(call, Google.Protobuf.MessageExtensions.ToByteArray(request), token);
    }
}
