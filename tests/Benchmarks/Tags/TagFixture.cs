using Crm.Common.V1;
using Crm.Tags.V1;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tags;

/// <summary>The tag service with an account of living contacts, called through gRPC.</summary>
internal sealed class TagFixture : IAsyncDisposable
{
    private readonly TestApps _apps;
    private int _tags;

    private TagFixture(TestApps apps, string account)
    {
        _apps = apps;
        Account = account;
    }

    public string Account { get; }

    public TagService.TagServiceClient Tags => _apps.Tags;

    public BulkService.BulkServiceClient Bulk => new(_apps.Channel(Service.Tags));

    public GovernanceService.GovernanceServiceClient Governance => new(_apps.Channel(Service.Tags));

    public Grpc.Health.V1.Health.HealthClient Health => new(_apps.Channel(Service.Tags));

    public string OwnerConnectionString => _apps.Database.OwnerConnectionString;

    public TestDatabase Database => _apps.Database;

    public static async Task<TagFixture> StartAsync(int contacts)
    {
        var apps = await TestApps.StartAsync(new TestAppsOptions { Services = [Service.Tags] });
        var fixture = new TagFixture(apps, await apps.NewAccountAsync());
        await using var databases = apps.Database.Of("tags");
        var cause = new ChangeCause(Cause.Types.Kind.Import, "benchmark");
        await AccountTransaction.RunAsync(
            databases.Accounts,
            1,
            transaction => transaction.SetBitsAsync(AccountTransaction.LivingTag, [.. Enumerable.Range(1, contacts)], on: true, cause, default),
            default);
        return fixture;
    }

    public async Task<int> NewTagAsync() => (await Tags.CreateTagAsync(new CreateTagRequest
    {
        Account = Account,
        Tag = new Tag { Name = $"Tag {Interlocked.Increment(ref _tags)}" },
    })).Tag.TagId;

    public async Task AddAsync(int contactId, int tagId) =>
        await Tags.AddTagsAsync(new AddTagsRequest { Account = Account, ContactId = contactId, TagIds = { tagId } });

    /// <summary>Starts an operation or an undo and waits for its end.</summary>
    public async Task<BulkOperation> FinishAsync(BulkOperation operation)
    {
        while (operation.FinishTime is null)
        {
            await Task.Delay(1);
            operation = (await Bulk.GetBulkOperationAsync(
                new GetBulkOperationRequest { Account = Account, OperationId = operation.OperationId })).Operation;
        }

        return operation;
    }

    public ValueTask DisposeAsync() => _apps.DisposeAsync();
}
