using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Testing;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>What an account does after its first import: activities, counts, an import of the same people, a bulk tag of everyone, a campaign that is prepared.</summary>
internal sealed class AccountUse(TenantRig rig, string account, int contacts)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private readonly Dictionary<string, double> _seconds = [];

    /// <summary>How long each thing took, by its name.</summary>
    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    public async Task RunAsync()
    {
        await TimeAsync("activities", () => new Activities(rig).RecordAsync(account, contacts));
        await TimeAsync("count by tags", () => CountAsync("has tag \"T1\" AND NOT has tag \"T2\""));
        await TimeAsync("count by fields", () => CountAsync("country = \"DE\" AND score > 500 AND email contains \"c9\""));
        await TimeAsync("count by activity", () => CountAsync("opened email in last 90 days OR did \"Purchase\" (total > 100) in last 180 days"));
        await TimeAsync("import of a change", () => new Imports(rig).ContactsAsync(account, contacts, round: 1, CancellationToken.None));
        await TimeAsync("bulk tag", BulkAsync);
        await TimeAsync("preparation of a campaign", PrepareAsync);
    }

    private async Task TimeAsync(string name, Func<Task> action) => _seconds[name] = (await Timed.RunAsync(async () =>
    {
        await action();
        return true;
    })).Seconds;

    private async Task CountAsync(string filter)
    {
        var segments = new SegmentService.SegmentServiceClient(rig.Connect(Service.Segments));
        await segments.CountContactsAsync(new() { Account = account, Source = new() { Text = filter } });
    }

    private async Task BulkAsync()
    {
        var (tags, bulk) = (new TagService.TagServiceClient(rig.Connect(Service.Tags)), new BulkService.BulkServiceClient(rig.Connect(Service.Tags)));
        var tag = (await tags.CreateTagAsync(new() { Account = account, Tag = new() { Name = "Everyone" } })).Tag;
        var operation = (await bulk.StartBulkOperationAsync(
            new() { Account = account, Contacts = new() { Matching = new() { Text = "everyone" } }, AddTagIds = { tag.TagId } })).Operation;
        while (operation.FinishTime is null)
        {
            await Task.Delay(s_look);
            operation = (await bulk.GetBulkOperationAsync(new() { Account = account, OperationId = operation.OperationId })).Operation;
        }
    }

    private async Task PrepareAsync()
    {
        var campaigns = new CampaignService.CampaignServiceClient(rig.Connect(Service.Campaigns));
        var campaign = (await campaigns.CreateCampaignAsync(new()
        {
            Account = account,
            Campaign = new()
            {
                Name = "News",
                Message = new() { Subject = "Hello {{ contact.first_name }}", Text = "This is our offer of the week." },
                Audience = new() { Include = { new FilterSource { Text = "everyone" } } },
            },
        })).Campaign;
        await campaigns.SendCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        while (campaign.State is State.Draft or State.Scheduled or State.Preparing)
        {
            await Task.Delay(s_look);
            campaign = (await campaigns.GetCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId })).Campaign;
        }

        await campaigns.CancelCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
    }
}
