using Crm.Errors.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>The rules that hold for each call of the API.</summary>
public sealed class EveryCallTests(GuardedApps guarded) : IClassFixture<GuardedApps>
{
    // The calls that have no account: one answers with the accounts of the caller, the others are for the services themselves.
    private const string ListAccounts = "crm.accounts.v1.AccountService/ListAccounts";
    private static readonly string[] s_ofEveryAccount =
        ["crm.contacts.v1.ContactService/WatchContactClocks", "crm.activity.v1.ActivityService/WatchActivityClocks"];

    // Repeating these has no further effect: a file's rows have keys, and an operation ends once.
    private static readonly string[] s_repeatable = ["crm.contacts.v1.ImportService/Import", "crm.tags.v1.BulkService/CancelBulkOperation"];

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
    public async Task No_call_without_a_valid_token(string name)
    {
        var request = Request(name, GuardedApps.Own);

        var missing = await guarded.CallAsync(Call(name), request, token: null);
        var expired = await guarded.CallAsync(Call(name), request, GuardedApps.Token(GuardedApps.Own, expires: DateTime.UtcNow.AddMinutes(-30)));

        Assert.Equal(StatusCode.Unauthenticated, missing?.Status);
        Assert.Equal(StatusCode.Unauthenticated, expired?.Status);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task No_call_for_an_account_of_others(string name)
    {
        if (HasNoAccount(name))
        {
            return;
        }

        var error = await guarded.CallAsync(Call(name), Request(name, GuardedApps.Foreign), GuardedApps.Token(GuardedApps.Own));

        Assert.Equal(StatusCode.NotFound, error?.Status);
        Assert.Equal(ErrorReason.AccountNotFound, error?.Reason);
    }

    [Fact]
    public async Task No_call_for_every_account_by_the_caller_of_one()
    {
        foreach (var name in s_ofEveryAccount)
        {
            var error = await guarded.CallAsync(Call(name), [], GuardedApps.Token(GuardedApps.Own));

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

        var error = await guarded.CallAsync(Call(name), Request(name, ""), GuardedApps.Token(GuardedApps.Own));

        Assert.Equal(StatusCode.InvalidArgument, error?.Status);
        Assert.Contains("account", error!.Fields);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Bytes_that_are_no_message_are_refused(string name)
    {
        var error = await guarded.CallAsync(Call(name), [0x0A, 0xFF, 0x01], GuardedApps.Token(GuardedApps.Own));

        Assert.Equal(StatusCode.InvalidArgument, error?.Status);
        Assert.Equal(ErrorReason.MalformedMessage, error?.Reason);
    }

    private static bool HasNoAccount(string name) => name == ListAccounts || s_ofEveryAccount.Contains(name);

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
