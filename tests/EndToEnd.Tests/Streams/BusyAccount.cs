using System.Runtime.InteropServices;
using System.Text;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Npgsql;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Streams;

/// <summary>An account for which every stream has more to say than a connection buffers.</summary>
public sealed class BusyAccount : IAsyncLifetime
{
    public const string Name = "busy";
    public const string Other = "quiet";
    private const int Contacts = 40_000;
    private const int BadRows = 5_000;

    // An operation that does not end: a process that does not exist holds it.
    private const string HeldOperationSql = """
        INSERT INTO tags.bulk_operation (account_id, operation_id, state, source, add_tag_ids, remove_tag_ids, actor, skip_workflows, owner, lease_until)
        SELECT account_id, gen_random_uuid(), 1, '{"text": "everyone"}', '{}', '{}', 'somebody', false, gen_random_uuid(), 'infinity'
        FROM crm.account
        WHERE name = @Name
        RETURNING operation_id
        """;

    private string _campaignId = "";
    private string _operationId = "";
    private string _heldOperationId = "";

    public TestApps Apps { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // Without the limits of number and memory: what a stream holds is asked here.
        Apps = await TestApps.StartAsync(new()
        {
            Settings = new Dictionary<string, string?>
            {
                ["Limits:ConcurrentStreams"] = "10000",
                ["Limits:ConcurrentImports"] = "10000",
                ["Grpc:Streams:PerProcess"] = "10000",
                ["Grpc:Streams:PendingMegabytes"] = "1024",
            },
        });
        foreach (var account in new[] { Name, Other })
        {
            await Apps.Accounts.CreateAccountAsync(new() { Account = account });
        }

        await ImportAsync();
        await using (var connection = new NpgsqlConnection(Apps.Database.OwnerConnectionString))
        {
            await connection.ExecuteAsync("UPDATE crm.contact SET email_consent = 3");
            _heldOperationId = (await connection.ExecuteScalarAsync<Guid>(HeldOperationSql, new { Name })).ToString();
        }

        var everyone = new BulkContacts { Matching = new FilterSource { Filter = new Filter { Everyone = new() } } };
        var tag = (await Apps.Tags.CreateTagAsync(new() { Account = Name, Tag = new() { Name = "Hot" } })).Tag.TagId;
        var bulk = new BulkService.BulkServiceClient(Apps.Channel(Service.Tags));
        _operationId = (await bulk.StartBulkOperationAsync(new() { Account = Name, Contacts = everyone, AddTagIds = { tag } })).Operation.OperationId;
        await Eventually.ReadAsync(
            async () => (await bulk.GetBulkOperationAsync(new() { Account = Name, OperationId = _operationId })).Operation,
            operation => operation.State is BulkOperation.Types.State.Succeeded);
        await Apps.Activity.RecordActivitiesAsync(new()
        {
            Account = Name,
            Activities = { Enumerable.Range(1, 10_000).Select(n => new Activity { ContactId = n, Kind = Activity.Types.Kind.Opened, Detail = new string('x', 50) }) },
        });
        await Apps.Activity.RecordActivitiesAsync(new()
        {
            Account = Name,
            Activities = { Enumerable.Range(1, 10_000).Select(_ => new Activity { ContactId = 1, Kind = Activity.Types.Kind.Custom, EventName = new string('x', 50) }) },
        });
        _campaignId = (await Apps.Campaigns.CreateCampaignAsync(new()
        {
            Account = Name,
            Campaign = new()
            {
                Name = "Draft",
                Message = new() { Subject = "Hello", Text = "Hello" },
                Audience = new() { Include = { everyone.Matching } },
            },
        })).Campaign.CampaignId;
    }

    public async Task DisposeAsync() => await Apps.DisposeAsync();

    /// <summary>The requests of a stream for an account; a new stream has to be added here.</summary>
    public IReadOnlyList<byte[]> Requests(string method, string account) =>
        [.. Messages(method).Select(request => OfAccount(request, account).ToByteArray())];

    private IEnumerable<IMessage> Messages(string method) => method switch
    {
        "StreamMatches" => [new StreamMatchesRequest { Source = new() { Filter = new Filter { Everyone = new() } } }],
        "ExportContacts" => [new ExportContactsRequest()],
        "ExportContact" => [new ExportContactRequest { ContactId = 1 }],
        "StreamReach" => [new StreamReachRequest { ContactIds = ByteString.CopyFrom(MemoryMarshal.AsBytes<int>(Enumerable.Range(1, Contacts).ToArray())) }],
        "StreamDeclined" => [new StreamDeclinedRequest()],
        "StreamBulkOutcomes" => [new StreamBulkOutcomesRequest { OperationId = _operationId }],
        "WatchBulkOperation" => [new WatchBulkOperationRequest { OperationId = _heldOperationId }],
        "WatchContactEvents" => [new WatchContactEventsRequest()],
        "WatchContactClocks" => [new WatchContactClocksRequest()],
        "WatchTagEvents" => [new WatchTagEventsRequest()],
        "WatchActivities" => [new WatchActivitiesRequest()],
        "WatchActivityClocks" => [new WatchActivityClocksRequest()],
        "WatchCampaign" => [new WatchCampaignRequest { CampaignId = _campaignId }],
        "Import" => [new ImportRequest { Options = new() { ExternalIdColumn = "id" } }, new ImportRequest { Data = ByteString.CopyFromUtf8(BadFile()) }],
        _ => throw new ArgumentException($"Say here what {method} is asked."),
    };

    private static IMessage OfAccount(IMessage request, string account)
    {
        request.Descriptor.FindFieldByName("account")?.Accessor.SetValue(request, account);
        return request;
    }

    // Every row is reported: it has too many values.
    private static string BadFile() => "id\n" + string.Concat(Enumerable.Repeat("a,b,c\n", BadRows));

    private async Task ImportAsync()
    {
        using var call = Apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = Name, Options = new() { ExternalIdColumn = "id" } });
        var text = "id,email,city\n" + string.Concat(Enumerable.Range(1, Contacts).Select(n => $"{n},somebody.with.a.long.name.{n}@example.com,Vienna\n"));
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(1024 * 1024))
        {
            await call.RequestStream.WriteAsync(new() { Data = ByteString.CopyFrom(part) });
        }

        await call.RequestStream.CompleteAsync();
        await call.ResponseStream.ReadAllAsync().CountAsync();
    }
}
