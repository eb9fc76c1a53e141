using Crm.Segments.V1;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Data;

/// <summary>A test of the segment service: calls it through its client and writes accounts straight into the tables.</summary>
public abstract class SegmentTest(SharedApps shared) : IClassFixture<SharedApps>, IAsyncLifetime
{
    private readonly NpgsqlDataSource _owner = NpgsqlDataSource.Create(shared.Apps.Database.OwnerConnectionString);

    protected TestApps Apps => shared.Apps;

    protected SegmentService.SegmentServiceClient Segments => shared.Apps.Segments;

    protected SmartListService.SmartListServiceClient SmartLists => shared.Apps.SmartLists;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _owner.DisposeAsync();

    /// <summary>Makes an account with some contacts.</summary>
    private protected async Task<DirectAccount> AccountAsync(params int[] contactIds)
    {
        var account = await DirectAccount.CreateAsync(_owner);
        await account.CreateContactsAsync(contactIds);
        return account;
    }

    private protected async Task<Segment> SaveAsync(DirectAccount account, string name, string text) =>
        (await Segments.CreateSegmentAsync(new CreateSegmentRequest
        {
            Account = account.Name,
            Segment = new Segment { Name = name },
            Text = text,
        })).Segment;

    private protected async Task<SmartList> SaveListAsync(DirectAccount account, string text, Action<SmartList>? set = null)
    {
        var list = new SmartList { Name = "List" };
        set?.Invoke(list);
        var request = new CreateSmartListRequest { Account = account.Name, SmartList = list, Text = text };
        return (await SmartLists.CreateSmartListAsync(request)).SmartList;
    }

    private protected async Task<int> CountAsync(DirectAccount account, FilterSource source) =>
        (await Segments.CountContactsAsync(new CountContactsRequest { Account = account.Name, Source = source })).Count;

    /// <summary>Gets the maker of consistency tokens in the service under test.</summary>
    protected ConsistencyTokens Tokens() => shared.Apps.App(Service.Segments).Services.GetRequiredService<ConsistencyTokens>();

    protected static FilterSource Text(string text) => new() { Text = text };
}
