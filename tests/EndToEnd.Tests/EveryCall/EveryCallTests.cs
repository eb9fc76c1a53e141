using Crm.Auth.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.IdentityModel.Tokens;
using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.Testing;
using TagSegments.Testing.Auth;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>The rules that hold for each call of the API, whoever issues the tokens.</summary>
public abstract class EveryCallTests(GuardedApps guarded)
{
    private static readonly SigningCredentials s_anotherKey =
        new(new SymmetricSecurityKey("another key of thirty-two bytes or more!!"u8.ToArray()), SecurityAlgorithms.HmacSha256);

    // The calls that have no account: one answers with the accounts of the caller, the others are for the services themselves.
    private const string ListAccounts = "crm.accounts.v1.AccountService/ListAccounts";
    private static readonly string[] s_ofEveryAccount =
    [
        "crm.accounts.v1.AccountService/ListDeletedAccounts", "crm.accounts.v1.AccountService/ListPlatformEvents",
        "crm.accounts.v1.AccountService/ListAccountRetentions", "crm.contacts.v1.ContactService/WatchContactClocks",
        "crm.activity.v1.ActivityService/WatchActivityClocks",
    ];

    // Repeating these has no further effect: a file's rows have keys, an operation ends once, a time is what it is, and what is erased is gone.
    private static readonly string[] s_repeatable =
    [
        "crm.contacts.v1.ImportService/Import", "crm.tags.v1.BulkService/CancelBulkOperation", "crm.accounts.v1.AccountService/RecordApiKeyUse",
        "crm.accounts.v1.AccountService/ReportErasure", "crm.accounts.v1.AccountService/RecordAdminEvent",
        "crm.activity.v1.ActivityService/EraseContactData", "crm.segments.v1.SegmentService/EraseContactData",
        "crm.workflows.v1.WorkflowService/EraseContactData",
        // Asks the name servers again.
        "crm.campaigns.v1.SenderService/VerifySenderDomain",
    ];

    public static TheoryData<string> Calls => [.. ApiCall.All.Select(call => call.Name)];

    [Theory]
    [MemberData(nameof(Calls))]
    public void Every_request_names_its_account(string name)
    {
        var request = Call(name).Descriptor.InputType;

        Assert.True(HasNoAccount(name) || Field(request, "account") is { FieldType: FieldType.String, IsRepeated: false });
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void Every_change_can_be_repeated_by_its_request_id(string name)
    {
        var call = Call(name);

        Assert.True(call.Reads || s_repeatable.Contains(name) || Field(call.Descriptor.InputType, "request_id") is { FieldType: FieldType.String });
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void Every_call_states_its_permission(string name)
    {
        Assert.NotEqual(Permission.Unspecified, Call(name).Permission);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task No_call_without_a_valid_token(string name)
    {
        var call = Call(name);
        var scope = GuardedApps.ScopeOf(call.Permission);
        var issuer = guarded.Issuer;
        var tokens = new Dictionary<string, string?>
        {
            ["none"] = null,
            ["garbage"] = "x.y.z",
            ["expired"] = issuer.Token(GuardedApps.Own, scope, expires: DateTime.UtcNow.AddMinutes(-30)),
            ["lives too long"] = issuer.Token(GuardedApps.Own, scope, expires: DateTime.UtcNow.AddYears(100)),
            ["another key"] = issuer.Token(GuardedApps.Own, scope, signing: s_anotherKey),
            ["unsigned"] = Unsigned(issuer.Token(GuardedApps.Own, scope)),
            ["another audience"] = issuer.Token(GuardedApps.Own, scope, audience: "other"),
            ["revoked key"] = guarded.RevokedKey,
            ["expired key"] = guarded.ExpiredKey,
            ["unknown key"] = ApiKeyText.Create(GuardedApps.Own, 1).Text,
            ["key of no account"] = ApiKeyText.Create("nobody", 1).Text,
            ["damaged key"] = $"{guarded.KeyWithout(Permission.PlatformAdmin)[..^1]}x",
            ["a service by the key of another"] = ServiceTokens.Create(Service.Campaigns, call.Host, signer: Service.Segments),
            ["a service for another target"] = ServiceTokens.Create(Service.Campaigns, Other(call.Host)),
            ["a service as another"] = ServiceTokens.Create(Service.Segments, call.Host, subject: "campaigns"),
            ["a service for too long"] = ServiceTokens.Create(Service.Campaigns, call.Host, life: TimeSpan.FromHours(1)),
        };
        foreach (var (kind, token) in tokens)
        {
            var error = await guarded.CallAsync(call, Request(name, GuardedApps.Own), token);

            Assert.Equal((kind, StatusCode.Unauthenticated, ErrorReason.Unauthenticated), (kind, error?.Status, error?.Reason));
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task No_call_without_its_permission(string name)
    {
        var call = Call(name);
        var others = GuardedApps.ScopeOf(Enum.GetValues<Permission>().Where(other => other is not Permission.Unspecified && other != call.Permission));
        var tokens = new Dictionary<string, string>
        {
            ["no scope"] = guarded.Issuer.Token(GuardedApps.Own, ""),
            ["all others"] = guarded.Issuer.Token(GuardedApps.Own, others),
            ["missing scope of a key"] = guarded.KeyWithout(call.Permission),
        };
        if (call.Permission is Permission.Internal)
        {
            tokens["a user who claims to be internal"] = guarded.Issuer.Token(GuardedApps.Own, "internal");
        }
        else
        {
            tokens["a service without rights"] = ServiceTokens.Create(Service.Segments, call.Host);
        }

        foreach (var (kind, token) in tokens)
        {
            var error = await guarded.CallAsync(call, Request(name, GuardedApps.Own), token);

            Assert.Equal((kind, StatusCode.PermissionDenied, ErrorReason.PermissionDenied), (kind, error?.Status, error?.Reason));
            Assert.Equal(GuardedApps.ScopeOf(call.Permission), error!.Metadata["permission"]);
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task No_call_for_an_account_of_others(string name)
    {
        if (HasNoAccount(name))
        {
            return;
        }

        foreach (var token in new[] { guarded.TokenFor(Call(name)), guarded.KeyFor(Call(name).Permission) }.OfType<string>())
        {
            var error = await guarded.CallAsync(Call(name), Request(name, GuardedApps.Foreign), token);

            Assert.Equal((StatusCode.NotFound, ErrorReason.AccountNotFound), (error?.Status, error?.Reason));
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_API_key_opens_the_calls_of_its_scopes(string name)
    {
        if (HasNoAccount(name) || guarded.KeyFor(Call(name).Permission) is not { } key)
        {
            return;
        }

        var error = await guarded.CallAsync(Call(name), Request(name, ""), key);

        // Past both checks: the account is missing.
        Assert.Equal((StatusCode.InvalidArgument, ErrorReason.InvalidField), (error?.Status, error?.Reason));
    }

    [Fact]
    public async Task No_call_for_every_account_by_the_caller_of_one()
    {
        foreach (var name in s_ofEveryAccount)
        {
            var error = await guarded.CallAsync(Call(name), [], guarded.TokenFor(Call(name)));

            Assert.Equal(StatusCode.PermissionDenied, error?.Status);
            Assert.Equal(ErrorReason.PermissionDenied, error?.Reason);
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_account_that_is_missing_is_named(string name)
    {
        if (HasNoAccount(name))
        {
            return;
        }

        var error = await guarded.CallAsync(Call(name), Request(name, ""), guarded.TokenFor(Call(name)));

        Assert.Equal(StatusCode.InvalidArgument, error?.Status);
        Assert.Contains("account", error!.Fields);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Bytes_that_are_no_message_are_refused(string name)
    {
        var error = await guarded.CallAsync(Call(name), [0x0A, 0xFF, 0x01], guarded.TokenFor(Call(name)));

        Assert.Equal((StatusCode.InvalidArgument, ErrorReason.MalformedMessage), (error?.Status, error?.Reason));
    }

    private static bool HasNoAccount(string name) => name == ListAccounts || s_ofEveryAccount.Contains(name);

    // The header says that there is no signature, and there is none.
    private static string Unsigned(string token) => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{token.Split('.')[1]}.";

    private static Service Other(Service service) => service is Service.Tags ? Service.Segments : Service.Tags;

    private static ApiCall Call(string name) => ApiCall.All.Single(call => call.Name == name);

    private static FieldDescriptor? Field(MessageDescriptor message, string name) => message.FindFieldByName(name);

    private static byte[] Request(string name, string account)
    {
        var type = Call(name).Descriptor.InputType;
        var request = type.Parser.ParseFrom(ByteString.Empty);
        Field(type, "account")?.Accessor.SetValue(request, account);
        return request.ToByteArray();
    }
}

/// <summary>The rules, with a key that is shared with who issues the tokens.</summary>
public sealed class EveryCallWithSigningKeyTests(AppsWithSigningKey guarded) : EveryCallTests(guarded), IClassFixture<AppsWithSigningKey>;

/// <summary>The rules, with an identity provider.</summary>
public sealed class EveryCallWithIdentityProviderTests(AppsWithIdentityProvider guarded)
    : EveryCallTests(guarded), IClassFixture<AppsWithIdentityProvider>;
