using System.Collections;
using System.Diagnostics;
using Crm.Accounts.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Npgsql;
using TagSegments.Chaos.Rig;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags.Changes;

namespace TagSegments.Chaos.Scenarios;

/// <summary>Runs bulk operations and undos, one after another, while two writers change single contacts.</summary>
/// <param name="rig">The product.</param>
/// <param name="seed">The seed of every choice.</param>
/// <param name="contacts">How many contacts there are.</param>
/// <param name="rest">The longest pause after an operation, and a tenth of it after a write.</param>
internal sealed class BulkLoad(ChaosRig rig, int seed, int contacts, TimeSpan rest)
{
    /// <summary>The account of the contacts.</summary>
    public const string Account = "bulk";

    /// <summary>The writers also change every contact whose number is a multiple of this.</summary>
    public const int WriterStride = 97;

    private const int TagCount = 20;
    private const int Nobody = 1_000;
    // How long an operation may stand still. The judge reports operations that have not ended then.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly List<BulkPlan> _plans = [];
    private readonly Random _random = new(seed);
    private int[] _tagIds = [];

    /// <summary>How many contacts there are.</summary>
    public int Contacts => contacts;

    /// <summary>The operations in the order in which they ran.</summary>
    public IReadOnlyList<BulkPlan> Plans => _plans;

    /// <summary>The tags that are added and removed.</summary>
    public IReadOnlyList<int> TagIds => _tagIds;

    private TagService.TagServiceClient Tags => new(rig[Target.Tags].Channel);

    private BulkService.BulkServiceClient Bulk => new(rig[Target.Tags].Channel);

    /// <summary>Works until cancelled; ends when the last operation has.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, 2)
        .Select(writer => Task.Run(() => WriteAsync(writer, stop), CancellationToken.None))
        .Append(Task.Run(() => OperateAsync(stop), CancellationToken.None)));

    public async Task ArrangeAsync()
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
    }

    private async Task OperateAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var free = _plans.FindAll(plan => plan.Original is null && plan.Result.FinishTime is not null && !_plans.Exists(undo => undo.Original == plan));
            await (free.Count > 0 && _random.Next(5) < 2 ? UndoAsync(free[_random.Next(free.Count)]) : StartAsync());
            await Task.Delay(rest * _random.NextDouble(), CancellationToken.None);
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

    private BitArray ToBits(IEnumerable<int> asked)
    {
        var bits = new BitArray(Contacts + 1);
        foreach (var contact in asked.Where(contact => contact <= Contacts))
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
        for (var waited = Stopwatch.StartNew(); operation.FinishTime is null && waited.Elapsed < s_patience; await Task.Delay(20))
        {
            var before = operation;
            operation = (await Calls.UntilAcknowledgedAsync(call => Bulk.GetBulkOperationAsync(request, call), CancellationToken.None)).Operation;
            if (!operation.Equals(before))
            {
                waited.Restart();
            }
        }

        return operation;
    }

    private async Task WriteAsync(int writer, CancellationToken stop)
    {
        var random = new Random(seed + writer + 2);
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

            await Task.Delay(rest * (random.NextDouble() / 10), CancellationToken.None);
        }
    }
}
