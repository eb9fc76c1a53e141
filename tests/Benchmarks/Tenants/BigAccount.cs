using System.Collections.Concurrent;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>
/// The account that does all it may at once: the worst segment at 64 callers, a bulk tag of everyone, an import and a campaign, each again
/// when it has ended or was refused.
/// </summary>
internal sealed class BigAccount
{
    private const string Account = "big";
    private const int Callers = 64;
    private static readonly FilterSource s_everyone = new() { Text = "everyone" };

    // A caller that was refused comes again soon, and does not wait as long as it was told to.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly TenantRig _rig;
    private readonly int _contacts;
    private readonly int _tagId;
    private readonly Imports _imports;
    private readonly SegmentService.SegmentServiceClient _segments;
    private readonly BulkService.BulkServiceClient _bulk;
    private readonly CampaignService.CampaignServiceClient _campaigns;
    private readonly ConcurrentDictionary<string, Latencies> _calls = [];
    private long _tagged;

    private BigAccount(TenantRig rig, int contacts, int tagId)
    {
        (_rig, _contacts, _tagId) = (rig, contacts, tagId);
        _imports = new Imports(rig);
        _segments = new SegmentService.SegmentServiceClient(rig.Connect(Service.Segments));
        _bulk = new BulkService.BulkServiceClient(rig.Connect(Service.Tags));
        _campaigns = new CampaignService.CampaignServiceClient(rig.Connect(Service.Campaigns));
    }

    /// <summary>Creates the account with contacts, opportunities and activities.</summary>
    public static async Task<BigAccount> ArrangeAsync(TenantRig rig, int contacts)
    {
        await new AccountService.AccountServiceClient(rig.Connect(Service.Tags)).CreateAccountAsync(new CreateAccountRequest { Account = Account });
        var imports = new Imports(rig);
        await imports.ContactsAsync(Account, contacts, round: 0, CancellationToken.None);
        await imports.OpportunitiesAsync(Account, contacts, CancellationToken.None);
        await new Activities(rig).RecordAsync(Account, contacts);
        var tags = new TagService.TagServiceClient(rig.Connect(Service.Tags));
        var tag = await tags.CreateTagAsync(new() { Account = Account, Tag = new Tag { Name = "Everyone" } });
        return new BigAccount(rig, contacts, tag.Tag.TagId);
    }

    /// <summary>Does what disturbs until cancelled, and ends what still works for it in the services.</summary>
    public async Task RunAsync(Disturbance disturbance, CancellationToken stop)
    {
        var callers = Enumerable.Range(1, Callers).Select(caller => new Random(caller)).Select(random => AgainAsync("worst segment", () => CountAsync(random, stop), stop));
        await Task.WhenAll([
            .. disturbance.Segment ? callers : [],
            disturbance.Bulk ? AgainAsync("bulk tag of everyone", () => TagEveryoneAsync(stop), stop) : Task.CompletedTask,
            disturbance.Import ? AgainAsync("import", round => _imports.ContactsAsync(Account, _contacts, round, stop), stop) : Task.CompletedTask,
            disturbance.Campaign ? AgainAsync("campaign", () => SendAsync(stop), stop) : Task.CompletedTask,
        ]);
    }

    /// <summary>What the account got done, for people.</summary>
    public string Done() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_tagged:N0} contacts handled by bulk operations, {_imports.Rows:N0} rows imported, {_rig.Mail.Accepted:N0} messages sent; ")
        + string.Join("; ", _calls.OrderBy(call => call.Key).Select(call => $"{call.Key}: {call.Value}"));

    private Task AgainAsync(string name, Func<Task> action, CancellationToken stop) => AgainAsync(name, _ => action(), stop);

    private async Task AgainAsync(string name, Func<int, Task> action, CancellationToken stop)
    {
        var calls = _calls.GetOrAdd(name, _ => new Latencies());
        for (var round = 1; !stop.IsCancellationRequested; round++)
        {
            try
            {
                await action(round);
                calls.Add(0);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                // The end of the measurement.
            }
            catch (RpcException e)
            {
                calls.Fail(e);
                await Task.Delay(s_pause, CancellationToken.None);
            }
        }
    }

    private async Task CountAsync(Random random, CancellationToken stop) => await _segments.CountContactsAsync(
        new CountContactsRequest { Account = Account, Source = new FilterSource { Text = WorstSegment.Next(random) } }, cancellationToken: stop);

    private async Task TagEveryoneAsync(CancellationToken stop)
    {
        foreach (var adds in new[] { true, false })
        {
            var request = new StartBulkOperationRequest { Account = Account, Contacts = new BulkContacts { Matching = s_everyone } };
            (adds ? request.AddTagIds : request.RemoveTagIds).Add(_tagId);
            var id = (await _bulk.StartBulkOperationAsync(request, cancellationToken: stop)).Operation.OperationId;
            try
            {
                await FollowAsync(id, stop);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                await _bulk.CancelBulkOperationAsync(new() { Account = Account, OperationId = id }, cancellationToken: CancellationToken.None);
                return;
            }
        }
    }

    private async Task FollowAsync(string operationId, CancellationToken stop)
    {
        for (var done = 0; ; await Task.Delay(TimeSpan.FromMilliseconds(500), stop))
        {
            var operation = (await _bulk.GetBulkOperationAsync(new() { Account = Account, OperationId = operationId }, cancellationToken: stop)).Operation;
            _tagged += operation.DoneContacts - done;
            done = operation.DoneContacts;
            if (operation.FinishTime is not null)
            {
                return;
            }
        }
    }

    private async Task SendAsync(CancellationToken stop)
    {
        var campaign = new Campaign
        {
            Name = Guid.NewGuid().ToString(),
            Message = new Message { Subject = "Hello {{ contact.first_name }}", Text = "This is our offer of the week." },
            Audience = new Audience { Include = { s_everyone } },
        };
        var id = (await _campaigns.CreateCampaignAsync(new() { Account = Account, Campaign = campaign }, cancellationToken: stop)).Campaign.CampaignId;
        await _campaigns.SendCampaignAsync(new() { Account = Account, CampaignId = id }, cancellationToken: stop);
        try
        {
            while ((await _campaigns.GetCampaignAsync(new() { Account = Account, CampaignId = id }, cancellationToken: stop)).Campaign.EndTime is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), stop);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            await _campaigns.CancelCampaignAsync(new() { Account = Account, CampaignId = id }, cancellationToken: CancellationToken.None);
        }
    }
}
