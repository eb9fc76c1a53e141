using Crm.Campaigns.V1;
using Crm.Segments.V1;
using TagSegments.Campaigns.Activities;
using TagSegments.ServiceDefaults;

namespace TagSegments.Campaigns.Campaigns;

/// <summary>Gathers why a contact got a campaign or not.</summary>
internal sealed class RecipientProof(
    CampaignResults results, ActivityStore activities, SegmentService.SegmentServiceClient segments)
{
    private const int MaxActivities = 1_000;

    public async Task<ExplainRecipientResponse> ExplainAsync(AccountInfo account, CampaignRow row, int contactId, CancellationToken ct)
    {
        var campaign = row.ToCampaign();
        var entries = await results.RecipientsAsync(row, [], [contactId], behind: 0, limit: 1, ct);
        var response = new ExplainRecipientResponse
        {
            Recipient = entries.FirstOrDefault(),
            EvaluationTime = campaign.EvaluationTime,
            SegmentVersions = { campaign.SegmentVersions },
            Activities = { await activities.OfCampaignAsync(row.AccountId, row.CampaignId, contactId, MaxActivities, ct) },
        };
        foreach (var source in campaign.Audience.Include)
        {
            response.Sources.Add(await ExplainAsync(account, source, contactId, excluded: false, ct));
        }

        foreach (var source in campaign.Audience.Exclude)
        {
            response.Sources.Add(await ExplainAsync(account, source, contactId, excluded: true, ct));
        }

        return response;
    }

    private async Task<SourceExplanation> ExplainAsync(
        AccountInfo account, FilterSource source, int contactId, bool excluded, CancellationToken ct)
    {
        var request = new ExplainContactRequest { Account = account.Name, Source = source, ContactId = contactId };
        var explained = await segments.ExplainContactAsync(request, cancellationToken: ct);
        return new SourceExplanation
        {
            Excluded = excluded,
            Matches = explained.Matches,
            Explanation = explained.Explanation,
            ExplanationTime = explained.EvaluationTime,
        };
    }
}
