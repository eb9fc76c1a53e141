using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Data;

/// <summary>A test of the segment service: calls it through its client and writes accounts straight into the tables.</summary>
public abstract class SegmentTest(SharedApps shared) : IClassFixture<SharedApps>, IAsyncDisposable
{
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);

    protected TestApps Apps => shared.Apps;

    protected SegmentService.SegmentServiceClient Segments => shared.Apps.Segments;

    protected SmartListService.SmartListServiceClient SmartLists => shared.Apps.SmartLists;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _owner.DisposeAsync();
    }

    /// <summary>Makes an account with some contacts.</summary>
    private protected async Task<TestAccount> AccountAsync(params int[] contactIds)
    {
        var account = await TestAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(contactIds);
        return account;
    }

    private protected async Task<Segment> SaveAsync(TestAccount account, string name, string text) =>
        (await Segments.CreateSegmentAsync(new CreateSegmentRequest
        {
            Account = account.Name,
            Segment = new Segment { Name = name },
            Text = text,
        })).Segment;

    private protected async Task<SmartList> SaveListAsync(TestAccount account, string text, Action<SmartList>? set = null)
    {
        var list = new SmartList { Name = "List" };
        set?.Invoke(list);
        var request = new CreateSmartListRequest { Account = account.Name, SmartList = list, Text = text };
        return (await SmartLists.CreateSmartListAsync(request)).SmartList;
    }

    private protected async Task<int> CountAsync(TestAccount account, FilterSource source) =>
        (await Segments.CountContactsAsync(new CountContactsRequest { Account = account.Name, Source = source })).Count;

    /// <summary>Gets what makes consistency tokens in the service under test.</summary>
    protected ConsistencyTokens Tokens() => shared.Apps.App(Service.Segments).Services.GetRequiredService<ConsistencyTokens>();

    protected static FilterSource Text(string text) => new() { Text = text };

    /// <summary>Expects a call to fail with a status and a reason, and returns the reason's details.</summary>
    protected static async Task<ErrorInfo> FailsAsync(StatusCode code, ErrorReason reason, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        var info = error.GetRpcStatus()!.GetDetail<ErrorInfo>()!;
        Assert.Equal((code, Name(reason)), (error.StatusCode, info.Reason));
        return info;
    }

    private static string Name(ErrorReason reason) =>
        ErrorReasonReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason)!.Name["ERROR_REASON_".Length..];
}
