using System.Collections;
using System.Diagnostics;
using Crm.Accounts.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Chaos.Rig;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags.Changes;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Runs bulk operations and undos, one after another, while the services and PostgreSQL die and two writers change single contacts: every
/// operation ends by itself, having changed exactly what it had to, with exactly one event for each changed contact.
/// </summary>
internal sealed class BulkKills(ChaosRig rig, ChaosOptions options)
{
    /// <summary>How many contacts there are: enough for about ten steps of an operation.</summary>
    public const int Contacts = 300_000;

    /// <summary>The writers also change every contact whose number is a multiple of this.</summary>
    public const int WriterStride = 97;

    private const string Account = "chaos";
    private const int TagCount = 20;
    private const int Nobody = 1_000;
    // A process that is killed as soon as it works advances only a little each time. The judge reports operations that have not ended then.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly Target[] s_killed = [Target.Tags, Target.Tags, Target.Segments, Target.Postgres];

    private readonly List<BulkPlan> _plans = [];
    private readonly Random _random = new(options.Seed);
    private int[] _tagIds = [];

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(new Dictionary<string, string>(), [Target.Tags, Target.Segments]);
        return await new BulkKills(rig, options).RunAsync();
    }

    private TagService.TagServiceClient Tags => new(rig[Target.Tags].Channel);

    private BulkService.BulkServiceClient Bulk => new(rig[Target.Tags].Channel);

    private async Task<ChaosReport> RunAsync()
    {
        await ArrangeAsync();

        using var stop = new CancellationTokenSource();
        var work = Enumerable.Range(0, 2).Select(writer => Task.Run(() => WriteAsync(writer, stop.Token)))
            .Append(Task.Run(() => OperateAsync(stop.Token)))
            .ToList();
        var loop = new KillLoop(rig, new Random(options.Seed + 1), s_killed);
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, ReleaseLeasesAsync);
        await stop.CancelAsync();
        await Task.WhenAll(work);

        var report = new ChaosReport("bulk", options);
        report.Tell("kills", options.Kills);
        report.Tell("killed", loop.Kills);
        report.Tell("operations", _plans.Count(plan => plan.Original is null));
        report.Tell("undos", _plans.Count(plan => plan.Original is not null));
        report.Tell("seconds", Math.Round(duration.Elapsed.TotalSeconds));
        await new BulkJudge(rig.OwnerConnectionString, _tagIds).JudgeAsync(report, _plans);
        if (report.HasViolations && options.Mutant is null)
        {
            rig.ShowRecentOutput();
        }

        return report;
    }

    private async Task ArrangeAsync()
    {
        await new AccountService.AccountServiceClient(rig[Target.Tags].Channel).CreateAccountAsync(new CreateAccountRequest { Account = Account });
        await using var database = new AccountDatabase(NpgsqlDataSource.Create($"{rig.OwnerConnectionString};No Reset On Close=true"));
        await AccountTransaction.RunAsync(
            database,
            1,
            transaction => transaction.SetBitsAsync(
                AccountTransaction.LivingTag, [.. Enumerable.Range(1, Contacts)], on: true, new ChangeCause(Cause.Types.Kind.Import, "chaos"), default),
            default);
        _tagIds = new int[TagCount];
        for (var i = 0; i < TagCount; i++)
        {
            _tagIds[i] = (await Tags.CreateTagAsync(new CreateTagRequest { Account = Account, Tag = new Tag { Name = $"Tag {i}" } })).Tag.TagId;
        }

        await BulkMutants.All.MakeAsync(rig.OwnerConnectionString, options.Mutant);
    }

    private async Task OperateAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var free = _plans.FindAll(plan => plan.Original is null && plan.Result.FinishTime is not null && !_plans.Exists(undo => undo.Original == plan));
            await (free.Count > 0 && _random.Next(5) < 2 ? UndoAsync(free[_random.Next(free.Count)]) : StartAsync());
        }
    }

    private async Task StartAsync()
    {
        var everyone = _random.Next(4) == 0;
        var (first, share) = (_random.Next(Contacts), _random.Next(2, 10));
        var asked = Enumerable.Range(1, Contacts + Nobody)
            .Where(contact => everyone || contact > first || _random.Next(share) == 0)
            .ToList();
        var tags = _tagIds.OrderBy(_ => _random.Next()).Take(_random.Next(10, TagCount + 1)).ToArray();
        var border = _random.Next(tags.Length + 1);
        var request = new StartBulkOperationRequest
        {
            Account = Account,
            Contacts = everyone
                ? new BulkContacts { Matching = new FilterSource { Text = "everyone" } }
                : new BulkContacts { Ids = new BulkContacts.Types.Ids { ContactIds = { asked } } },
            AddTagIds = { tags.Take(border) },
            RemoveTagIds = { tags.Skip(border) },
            RequestId = Guid.NewGuid().ToString(),
        };
        var started = (await Calls.UntilAcknowledgedAsync(call => Bulk.StartBulkOperationAsync(request, call), CancellationToken.None)).Operation;
        _plans.Add(new(_plans.Count, ToBits(asked), request.AddTagIds, request.RemoveTagIds, null, await EndAsync(started)));
    }

    private static BitArray ToBits(IEnumerable<int> contacts)
    {
        var bits = new BitArray(Contacts + 1);
        foreach (var contact in contacts.Where(contact => contact <= Contacts))
        {
            bits[contact] = true;
        }

        return bits;
    }

    private async Task UndoAsync(BulkPlan original)
    {
        var request = new UndoBulkOperationRequest { Account = Account, OperationId = original.Result.OperationId, RequestId = Guid.NewGuid().ToString() };
        var started = (await Calls.UntilAcknowledgedAsync(call => Bulk.UndoBulkOperationAsync(request, call), CancellationToken.None)).Operation;
        _plans.Add(new(_plans.Count, original.Asked, original.Remove, original.Add, original, await EndAsync(started)));
    }

    private async Task<BulkOperation> EndAsync(BulkOperation operation)
    {
        var request = new GetBulkOperationRequest { Account = Account, OperationId = operation.OperationId };
        for (var waited = Stopwatch.StartNew(); operation.FinishTime is null && waited.Elapsed < s_patience;)
        {
            operation = (await Calls.UntilAcknowledgedAsync(call => Bulk.GetBulkOperationAsync(request, call), CancellationToken.None)).Operation;
            await Task.Delay(20);
        }

        return operation;
    }

    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        var random = new Random(options.Seed + writer + 2);
        while (!stop.IsCancellationRequested)
        {
            var (contact, tag) = (random.Next(1, Contacts / WriterStride) * WriterStride, _tagIds[random.Next(TagCount)]);
            var requestId = Guid.NewGuid().ToString();
            if (random.Next(2) == 0)
            {
                var add = new AddTagsRequest { Account = Account, ContactId = contact, TagIds = { tag }, RequestId = requestId };
                await Calls.UntilAcknowledgedAsync(call => Tags.AddTagsAsync(add, call), CancellationToken.None);
            }
            else
            {
                var remove = new RemoveTagsRequest { Account = Account, ContactId = contact, TagIds = { tag }, RequestId = requestId };
                await Calls.UntilAcknowledgedAsync(call => Tags.RemoveTagsAsync(remove, call), CancellationToken.None);
            }
        }
    }

    // As if the thirty seconds of a dead process's lease had passed: otherwise most kills would meet a service that only waits.
    private Task ReleaseLeasesAsync(Target killed) =>
        killed is Target.Postgres ? Task.CompletedTask : ExecuteAsync("UPDATE tags.bulk_operation SET lease_until = '-infinity'");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
        await connection.ExecuteAsync(sql);
    }
}
