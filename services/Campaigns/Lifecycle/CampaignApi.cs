using Crm.Campaigns.V1;
using Grpc.Core;
using Npgsql;
using TagSegments.Campaigns.AbTests;
using TagSegments.Campaigns.Content;
using TagSegments.Campaigns.Definitions;
using TagSegments.Campaigns.Messages;
using TagSegments.Campaigns.Reports;
using State = Crm.Campaigns.V1.Campaign.Types.State;

namespace TagSegments.Campaigns.Lifecycle;

/// <summary>The calls about campaigns. This part writes them; the other parts try them and report on them.</summary>
internal sealed partial class CampaignApi(
    CallTools tools, CampaignStore campaigns, CampaignReferences references, CampaignReports reports, MessagePreview preview, MergeFieldCatalog fields)
    : CampaignService.CampaignServiceBase
{
    private static readonly string[] s_fields =
        ["name", "description", "channel", "message", "audience", "recipient_tag_ids", "messages_per_minute", "ab_test"];

    // A campaign that failed reached nobody: it can be corrected and sent.
    internal static readonly State[] Editable = [State.Draft, State.Scheduled, State.Failed];

    public override async Task<CreateCampaignResponse> CreateCampaign(CreateCampaignRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var campaign = request.Campaign?.Clone() ?? throw RpcErrors.InvalidField("campaign", "is required");
        CampaignRules.Check(campaign, await fields.ReadAsync(account, Variants.MessagesOf(campaign), context.CancellationToken), context.CancellationToken);
        await references.ResolveAsync(account, campaign, context.CancellationToken);
        return await WithNewTagsAsync(account, campaign, addTags => tools.Writes.RunAsync(account, context, request, async tx =>
        {
            var row = await CampaignStore.CreateAsync(tx, account, campaign, context.CancellationToken);
            return new CreateCampaignResponse { Campaign = (await addTags(tx, row)).ToCampaign() };
        }), context.CancellationToken);
    }

    public override async Task<GetCampaignResponse> GetCampaign(GetCampaignRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var row = await campaigns.GetAsync(account.Id, request.CampaignId, request.Name, context.CancellationToken);
        using var turn = await reports.Turns.EnterAsync(account, context.CancellationToken);
        return new GetCampaignResponse { Campaign = await reports.Results.WithCountsAsync(row, context.CancellationToken) };
    }

    public override async Task<ListCampaignsResponse> ListCampaigns(ListCampaignsRequest request, ServerCallContext context)
    {
        var account = await tools.Accounts.GetAsync(request.Account, context.CancellationToken);
        var size = PageSize.Read(request.PageSize);
        var after = tools.Pages.Read(request) is { } position ? Guid.Parse(position) : (Guid?)null;
        var page = await campaigns.ListAsync(
            account.Id, [.. request.States.Select(state => (short)state)], after, size, context.CancellationToken);
        var response = new ListCampaignsResponse { Campaigns = { page.Items.Select(row => row.ToCampaign()) } };
        if (page.HasMore)
        {
            response.NextPageToken = tools.Pages.Create(request, response.Campaigns[^1].CampaignId);
        }

        return response;
    }

    public override async Task<UpdateCampaignResponse> UpdateCampaign(UpdateCampaignRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var account = await tools.Accounts.GetAsync(request.Account, ct);
        var change = request.Campaign ?? throw RpcErrors.InvalidField("campaign", "is required");
        var current = (await campaigns.GetAsync(account.Id, change.CampaignId, "", ct)).ToCampaign();
        var changed = Merge(current, change, request.UpdateMask?.Paths ?? []);
        CampaignRules.Check(changed, await fields.ReadAsync(account, Variants.MessagesOf(changed), ct), ct, before: current);
        await references.ResolveAsync(account, changed, ct);
        return await WithNewTagsAsync(account, changed, addTags => tools.Writes.RunAsync(account, context, request, async tx =>
        {
            // The merge above read without a lock: a change made meanwhile wins, and the caller reads again.
            var version = change.Version != 0 ? change.Version : current.Version;
            var row = await CampaignStore.LockAsync(tx, account.Id, change.CampaignId, version, Editable, ct);
            row = await CampaignStore.UpdateAsync(tx, row, changed, ct);
            return new UpdateCampaignResponse { Campaign = (await addTags(tx, row)).ToCampaign() };
        }), ct);
    }

    // Missing tags are created last, when the campaign has passed all checks. If the write fails after all, they are deleted again.
    private async Task<T> WithNewTagsAsync<T>(
        AccountInfo account, Campaign campaign, Func<Func<NpgsqlTransaction, CampaignRow, Task<CampaignRow>>, Task<T>> write, CancellationToken ct)
    {
        var created = new List<int>();
        try
        {
            return await write(async (tx, row) => campaign.RecipientTagNames.Count == 0
                ? row
                : await CampaignStore.AddRecipientTagsAsync(
                    tx, row, await references.EnsureTagsAsync(account, campaign.RecipientTagNames, created, ct), ct));
        }
        catch (Exception)
        {
            await references.DeleteTagsAsync(account, created);
            throw;
        }
    }

    private static Campaign Merge(Campaign current, Campaign change, ICollection<string> mask)
    {
        var unknown = mask.Where(path => !s_fields.Contains(path)).ToList();
        if (unknown.Count > 0)
        {
            throw RpcErrors.InvalidField("update_mask", $"\"{unknown[0]}\" cannot be changed; possible fields are {string.Join(", ", s_fields)}");
        }

        var merged = current.Clone();
        foreach (var path in mask.Count > 0 ? mask : s_fields)
        {
            var accessor = Campaign.Descriptor.FindFieldByName(path).Accessor;
            if (path == "recipient_tag_ids")
            {
                merged.RecipientTagIds.Clear();
                merged.RecipientTagIds.Add(change.RecipientTagIds);
                merged.RecipientTagNames.Add(change.RecipientTagNames);
            }
            else if (accessor.GetValue(change) is { } value)
            {
                accessor.SetValue(merged, value);
            }
            else
            {
                accessor.Clear(merged);
            }
        }

        return merged;
    }
}
