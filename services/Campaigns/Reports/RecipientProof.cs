using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Campaigns.Activities;
using TagSegments.Campaigns.Definitions;
using Moment = Crm.Campaigns.V1.ConsentCheck.Types.Moment;

namespace TagSegments.Campaigns.Reports;

/// <summary>
/// Gathers the evidence why a contact got a campaign or not. The filters are the evaluated ones, kept with the campaign; the segment service
/// reads the values that they met at that instant from its history.
/// </summary>
internal sealed class RecipientProof(
    CampaignResults results, ActivityStore activities, MergedContacts merged, SegmentService.SegmentServiceClient segments,
    ContactService.ContactServiceClient contacts)
{
    private const int MaxActivities = 1_000;

    public async Task<ExplainRecipientResponse> ExplainAsync(AccountInfo account, CampaignRow row, int contactId, CancellationToken ct)
    {
        var campaign = row.ToCampaign();
        // A campaign from before filters were kept is explained by the present ones.
        var evaluated = JsonParser.Default.Parse<Audience>(row.EvaluatedAudience ?? row.Audience);
        var entry = await results.EntryAsync(row, contactId, ct);
        if (entry is null)
        {
            await RequireAsync(account, contactId, ct);
        }

        var now = await merged.NowAsync(account.Id, account.Name, contactId, ct);
        var response = new ExplainRecipientResponse
        {
            Recipient = entry?.ToRecipient(row.ToAbTest(), row.AbWinner),
            EvaluationTime = campaign.EvaluationTime,
            SegmentVersions = { campaign.SegmentVersions },
            Activities = { await activities.OfCampaignAsync(row.AccountId, row.CampaignId, contactId, now, MaxActivities, ct) },
            Consents = { entry is null ? [] : Consents(entry, campaign.EvaluationTime) },
        };
        foreach (var (source, filter) in campaign.Audience.Include.Zip(evaluated.Include))
        {
            response.Sources.Add(await ExplainAsync(account, campaign, source, filter, contactId, excluded: false, ct));
        }

        foreach (var (source, filter) in campaign.Audience.Exclude.Zip(evaluated.Exclude))
        {
            response.Sources.Add(await ExplainAsync(account, campaign, source, filter, contactId, excluded: true, ct));
        }

        return response;
    }

    // Without this check, a contact that never existed would look like one that was created later.
    private async Task RequireAsync(AccountInfo account, int contactId, CancellationToken ct)
    {
        var request = new BatchGetContactsRequest { Account = account.Name, ContactIds = { contactId } };
        if ((await contacts.BatchGetContactsAsync(request, cancellationToken: ct)).Contacts.Count == 0)
        {
            throw RpcErrors.NotFound("contact", contactId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static IEnumerable<ConsentCheck> Consents(RecipientRow entry, Timestamp evaluation)
    {
        yield return new ConsentCheck { Moment = Moment.Snapshot, Time = evaluation, Consent = (Consent.Types.State)entry.Consent };
        if (entry.CheckedAt is { } at)
        {
            yield return new ConsentCheck
            {
                Moment = Moment.Departure,
                Time = Timestamp.FromDateTime(at),
                Consent = (Consent.Types.State)entry.CheckedConsent,
            };
        }
    }

    private async Task<SourceExplanation> ExplainAsync(
        AccountInfo account, Campaign campaign, FilterSource source, FilterSource filter, int contactId, bool excluded, CancellationToken ct)
    {
        var explanation = new SourceExplanation
        {
            Excluded = excluded,
            ExplanationTime = campaign.EvaluationTime,
            Source = source,
            SegmentVersion = campaign.SegmentVersions.FirstOrDefault(version => version.SegmentId == source.SegmentId),
        };
        try
        {
            var request = new ExplainContactRequest
            {
                Account = account.Name,
                Source = filter,
                ContactId = contactId,
                AsOf = campaign.EvaluationTime,
            };
            var explained = await segments.ExplainContactAsync(request, cancellationToken: ct);
            explanation.Matches = explained.Matches;
            explanation.Explanation = explained.Explanation;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            explanation.Problem = "There was no such contact then.";
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.OutOfRange or StatusCode.FailedPrecondition or StatusCode.InvalidArgument)
        {
            explanation.Problem = e.Status.Detail;
        }

        return explanation;
    }
}
