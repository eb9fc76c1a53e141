using Crm.Accounts.V1;
using Crm.Auth.V1;
using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>Findings 5 and 25: what administrators do leaves a trace that nobody can take away.</summary>
public sealed class AuditTests(AppsWithSigningKey guarded) : IClassFixture<AppsWithSigningKey>
{
    private static readonly Permission[] s_logged = [Permission.AccountAdmin, Permission.ContactsExport, Permission.ContactsErase];

    public static TheoryData<string> LoggedCalls => [.. ApiCall.All.Where(call => s_logged.Contains(call.Permission)).Select(call => call.Name)];

    [Theory]
    [MemberData(nameof(LoggedCalls))]
    public async Task Every_call_of_administrators_is_logged_with_its_outcome(string name)
    {
        var call = ApiCall.All.Single(call => call.Name == name);
        var actor = $"admin of {name}";
        var request = call.Descriptor.InputType.Parser.ParseFrom(ByteString.Empty);
        call.Descriptor.InputType.FindFieldByName("account").Accessor.SetValue(request, GuardedApps.Own);

        var failure = await guarded.CallAsync(call, request.ToByteArray(), guarded.Issuer.Token(GuardedApps.Own, GuardedApps.ScopeOf(call.Permission), subject: actor));

        var logged = (await EventsAsync()).Single(entry => entry.Actor == actor);
        Assert.Equal((name, NameOf(failure?.Status ?? StatusCode.OK)), (logged.Call, logged.Outcome));
    }

    [Fact]
    public async Task Finding_5_What_was_refused_is_logged_once_a_minute()
    {
        var token = guarded.Issuer.Token(GuardedApps.Own, "contacts.read", subject: "intern");
        for (var i = 0; i < 3; i++)
        {
            await Expect.FailureAsync(() => guarded.Apps.Accounts.CreateApiKeyAsync(new() { Account = GuardedApps.Own }, GuardedApps.Headers(token)).ResponseAsync);
        }

        var logged = (await EventsAsync()).Single(entry => entry.Actor == "intern");

        Assert.Equal(("crm.accounts.v1.AccountService/CreateApiKey", "PERMISSION_DENIED"), (logged.Call, logged.Outcome));
    }

    [Fact]
    public async Task The_log_names_numbers_and_choices_and_no_texts()
    {
        var token = guarded.Issuer.Token(GuardedApps.Own, GuardedApps.ScopeOf(GuardedApps.OfKeys), subject: "exporter");
        await guarded.Apps.Accounts.CreateApiKeyAsync(
            new() { Account = GuardedApps.Own, Name = "Secret Name", Permissions = { Permission.TagsWrite }, RequestId = "secret" }, GuardedApps.Headers(token));
        var exports = new ExportService.ExportServiceClient(guarded.Apps.Channel(Service.Tags));
        using var export = exports.ExportContacts(
            new() { Account = GuardedApps.Own, Source = new() { Text = "email = \"secret@example.com\"" } }, GuardedApps.Headers(token));
        await export.ResponseStream.ReadAllAsync().CountAsync();

        var logged = (await EventsAsync()).Where(entry => entry.Actor == "exporter").ToList();

        Assert.Equal(["OK", "OK"], logged.Select(entry => entry.Outcome));
        Assert.Contains("PERMISSION_TAGS_WRITE", logged[1].Named, StringComparison.Ordinal);
        Assert.DoesNotContain(logged, entry => entry.Named.Contains("secret", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task What_the_platform_does_is_logged_apart()
    {
        var token = guarded.Issuer.Token("*", "platform.admin", subject: "operator");
        await guarded.Apps.Accounts.CreateAccountAsync(new() { Account = "logged" }, GuardedApps.Headers(token));
        await Expect.FailureAsync(() => guarded.Apps.Accounts.CreateAccountAsync(new() { Account = "logged" }, GuardedApps.Headers(token)).ResponseAsync);

        var events = (await guarded.Apps.Accounts.ListPlatformEventsAsync(new(), GuardedApps.Headers(token))).Events.Where(entry => entry.Actor == "operator").ToList();

        Assert.Equal(["", "ALREADY_EXISTS", "OK"], events.Select(entry => entry.Outcome));
        Assert.All(events.Skip(1), entry => Assert.Contains("\"logged\"", entry.Named, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DELETE FROM crm.admin_event")]
    [InlineData("UPDATE crm.admin_event SET actor = 'somebody else'")]
    [InlineData("UPDATE crm.admin_event SET named = '{}'")]
    public async Task Finding_25_The_service_cannot_change_what_it_has_logged(string sql)
    {
        await EventsAsync();
        await using var connection = new NpgsqlConnection(guarded.Apps.Database.RoleConnectionString("tags"));

        var error = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
    }

    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest()
    {
        for (var i = 0; i < 5; i++)
        {
            await EventsAsync();
        }

        var request = new ListAdminEventsRequest { Account = GuardedApps.Own, PageSize = 3 };
        var first = await guarded.Apps.Accounts.ListAdminEventsAsync(request, Auditor());
        request.PageToken = first.NextPageToken;
        var second = await guarded.Apps.Accounts.ListAdminEventsAsync(request, Auditor());

        var ids = first.Events.Concat(second.Events).Select(entry => entry.EventId).ToList();
        Assert.Equal(6, ids.Distinct().Count());
        Assert.Equal(ids.OrderDescending(StringComparer.Ordinal), ids);
    }

    private Metadata Auditor() => GuardedApps.Headers(guarded.Issuer.Token(GuardedApps.Own, "account.admin", subject: "auditor"));

    private async Task<IReadOnlyList<AdminEvent>> EventsAsync() =>
        (await guarded.Apps.Accounts.ListAdminEventsAsync(new() { Account = GuardedApps.Own, PageSize = 1_000 }, Auditor())).Events;

    // AlreadyExists is ALREADY_EXISTS.
    private static string NameOf(StatusCode status) => status is StatusCode.OK
        ? "OK"
        : string.Concat(status.ToString().Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));
}
