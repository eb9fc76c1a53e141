using System.Buffers.Binary;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Auth.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>The calls of a small account, quiet and while another account holds 200 streams of every streaming call that it does not read.</summary>
internal sealed class UnreadStreams
{
    private const string Account = "streams";
    private const int PerCall = 200;
    private const int MaxContacts = 100_000;
    private const int MaxDeclined = 8_000;
    private static readonly FilterSource s_everyone = new() { Text = "everyone" };
    private static readonly TimeSpan s_firstAnswer = TimeSpan.FromSeconds(5);

    // An operation that does not end: a process that does not exist holds it.
    private const string HeldOperationSql = """
        INSERT INTO tags.bulk_operation (account_id, operation_id, state, source, add_tag_ids, remove_tag_ids, actor, skip_workflows, owner, lease_until)
        SELECT account_id, gen_random_uuid(), 1, '{"text": "everyone"}', '{}', '{}', 'somebody', false, gen_random_uuid(), 'infinity'
        FROM crm.account
        WHERE name = @Account
        RETURNING operation_id
        """;

    private readonly Dictionary<string, Func<OpenStream>> _calls;

    private UnreadStreams(TenantRig rig, int contacts, string operationId, string heldOperationId, string campaignId)
    {
        var (crm, mail) = (rig.Connect(Service.Tags), rig.Connect(Service.Campaigns));
        var (tags, reach) = (new TagService.TagServiceClient(crm), new ReachService.ReachServiceClient(crm));
        var (people, bulk) = (new ContactService.ContactServiceClient(crm), new BulkService.BulkServiceClient(crm));
        var segments = new SegmentService.SegmentServiceClient(rig.Connect(Service.Segments));
        var ids = ByteString.CopyFrom([.. Enumerable.Range(1, contacts).SelectMany(Bytes)]);
        _calls = new()
        {
            ["WatchTagEvents"] = () => Open(tags.WatchTagEvents(new() { Account = Account })),
            ["WatchContactEvents"] = () => Open(people.WatchContactEvents(new() { Account = Account })),
            ["ExportContacts"] = () => Open(new ExportService.ExportServiceClient(crm).ExportContacts(new() { Account = Account })),
            ["ExportContact"] = () => Open(people.ExportContact(new() { Account = Account, ContactId = 1 })),
            ["StreamReach"] = () => Open(reach.StreamReach(new() { Account = Account, ContactIds = ids })),
            ["StreamDeclined"] = () => Open(reach.StreamDeclined(new() { Account = Account })),
            ["StreamBulkOutcomes"] = () => Open(bulk.StreamBulkOutcomes(new() { Account = Account, OperationId = operationId })),
            ["WatchBulkOperation"] = () => Open(bulk.WatchBulkOperation(new() { Account = Account, OperationId = heldOperationId })),
            ["Import"] = () => Open(new ImportService.ImportServiceClient(crm).Import()),
            ["StreamMatches"] = () => Open(segments.StreamMatches(new() { Account = Account, Source = s_everyone })),
            ["WatchActivities"] = () => Open(new ActivityService.ActivityServiceClient(mail).WatchActivities(new() { Account = Account })),
            ["WatchCampaign"] = () => Open(new CampaignService.CampaignServiceClient(mail).WatchCampaign(new() { Account = Account, CampaignId = campaignId })),
        };
        RequireAll();
    }

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var rig = await TenantRig.StartAsync("tenants_streams");
        var (streams, seconds) = await Timed.RunAsync(() => ArrangeAsync(rig, Math.Min(options.Contacts, MaxContacts)));
        report.Note($"streams: the account was set up in {seconds:N0} s.");
        var small = await SteadyCalls.ArrangeAsync(rig, SteadyCalls.OfEveryService);
        await rig.ScalarAsync<int?>("VACUUM ANALYZE");

        var quiet = await small.RunAsync(options.Phase);
        var open = await streams.OpenAllAsync(report);
        var beside = await small.RunAsync(options.Phase);
        rig.Report("streams", report);
        open.ForEach(stream => stream.Call.Dispose());

        NeighbourSpeed.Add(report, $"beside {PerCall} unread streams of each call", quiet, beside, target: 2);
    }

    private static async Task<UnreadStreams> ArrangeAsync(TenantRig rig, int contacts)
    {
        var channel = rig.Connect(Service.Tags);
        await new AccountService.AccountServiceClient(channel).CreateAccountAsync(new CreateAccountRequest { Account = Account });
        await new Imports(rig).ContactsAsync(Account, contacts, round: 0, CancellationToken.None);
        await new Activities(rig).RecordAsync(Account, contacts);
        await DeclineAsync(new ContactService.ContactServiceClient(channel), Math.Min(contacts, MaxDeclined));

        var tag = await new TagService.TagServiceClient(channel).CreateTagAsync(new() { Account = Account, Tag = new Tag { Name = "Everyone" } });
        var start = new StartBulkOperationRequest
        {
            Account = Account,
            Contacts = new BulkContacts { Matching = s_everyone },
            AddTagIds = { tag.Tag.TagId },
        };
        var bulk = new BulkService.BulkServiceClient(channel);
        var operation = (await bulk.StartBulkOperationAsync(start)).Operation;
        while ((await bulk.GetBulkOperationAsync(new() { Account = Account, OperationId = operation.OperationId })).Operation.FinishTime is null)
        {
            await Task.Delay(100);
        }

        var campaign = new Campaign { Name = "Draft", Message = new Message { Subject = "Hello", Text = "Hello" } };
        var campaigns = new CampaignService.CampaignServiceClient(rig.Connect(Service.Campaigns));
        var created = await campaigns.CreateCampaignAsync(new() { Account = Account, Campaign = campaign });
        var held = await rig.ScalarAsync<Guid>(HeldOperationSql, new { Account });
        return new UnreadStreams(rig, contacts, operation.OperationId, held.ToString(), created.Campaign.CampaignId);
    }

    private static Task DeclineAsync(ContactService.ContactServiceClient contacts, int count) => Parallel.ForEachAsync(
        Enumerable.Range(1, count),
        new ParallelOptions { MaxDegreeOfParallelism = 16 },
        async (id, ct) => await contacts.SetConsentAsync(
            new()
            {
                Account = Account,
                ContactId = id,
                Consent = new Consent { Channel = Crm.Common.V1.Channel.Email, State = Consent.Types.State.Unsubscribed, Source = "benchmark" },
            },
            cancellationToken: ct));

    // Calls of services among themselves are nothing that an account could open.
    private void RequireAll()
    {
        var missing = ApiCall.All
            .Where(call => (call.Descriptor.IsServerStreaming || call.Descriptor.IsClientStreaming) && call.Permission is not Permission.Internal)
            .Select(call => call.Descriptor.Name)
            .Except(_calls.Keys);
        if (missing.FirstOrDefault() is { } stream)
        {
            throw new InvalidOperationException($"Say how to open {stream}.");
        }
    }

    private static byte[] Bytes(int contactId)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, contactId);
        return bytes;
    }

    private static OpenStream Open<T>(AsyncServerStreamingCall<T> call) => new(call, call.ResponseHeadersAsync, call.GetStatus);

    // An upload that begins and never goes on.
    private static OpenStream Open(AsyncDuplexStreamingCall<ImportRequest, ImportResponse> call)
    {
        var options = new ImportOptions { FileName = "never.csv" };
        _ = call.RequestStream.WriteAsync(new ImportRequest { Account = Account, Options = options }).ContinueWith(_ => { }, TaskScheduler.Default);
        return new(call, call.ResponseHeadersAsync, call.GetStatus);
    }

    private async Task<List<OpenStream>> OpenAllAsync(Report report)
    {
        var streams = _calls.SelectMany(call => Enumerable.Range(0, PerCall).Select(_ => (call.Key, Stream: call.Value()))).ToLookup(one => one.Key, one => one.Stream);
        await Task.WhenAny(Task.WhenAll(streams.SelectMany(opened => opened).Select(stream => stream.Headers)), Task.Delay(s_firstAnswer));
        foreach (var opened in streams)
        {
            var states = opened.GroupBy(stream => stream.State()).Select(state => string.Create(CultureInfo.InvariantCulture, $"{state.Count()} {state.Key}"));
            report.Note($"streams: {opened.Key}: {string.Join(", ", states)}.");
        }

        return [.. streams.SelectMany(opened => opened)];
    }

    private sealed record OpenStream(IDisposable Call, Task Headers, Func<Status> Status)
    {
        /// <summary>The status of a stream that has ended; open otherwise.</summary>
        public string State()
        {
            try
            {
                return Status().StatusCode.ToString();
            }
            catch (InvalidOperationException)
            {
                return "open";
            }
        }
    }
}
