using System.Runtime.InteropServices;
using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Campaigns.Definitions;

namespace TagSegments.Campaigns.Reports;

/// <summary>A group of contacts by which results are broken down: its name, and the filter of its members.</summary>
internal sealed record ContactGroup(string Name, int TagId, FilterSource? Source, FilterSource Members);

/// <summary>
/// Breaks the results of campaigns down by groups of contacts. The segment service knows the members of a group when a campaign's audience was
/// evaluated; the outcomes of the messages are counted here.
/// </summary>
internal sealed class ResultsBreakdown(CampaignResults results, ContactGroups groups, SegmentService.SegmentServiceClient segments)
{
    private const int Concurrency = 4;

    public async Task<BreakDownResultsResponse> BreakDownAsync(
        AccountInfo account, IReadOnlyList<CampaignRow> campaigns, BreakDownResultsRequest request, CancellationToken ct)
    {
        var by = request switch
        {
            { Tags: { } tags } => await groups.OfTagsAsync(account, tags, ct),
            { Segments: { Sources.Count: > 0 } sources } => await groups.OfSegmentsAsync(account, sources, ct),
            _ => await groups.OfAudienceAsync(account, campaigns[0], ct),
        };
        var response = new BreakDownResultsResponse
        {
            Total = new ResultCounts(),
            CampaignIds = { campaigns.Select(campaign => campaign.CampaignId.ToString()) },
            Groups =
            {
                by.Select(group => new ResultGroup { Name = group.Name, TagId = group.TagId, Source = group.Source, Results = new ResultCounts() }),
            },
        };
        foreach (var campaign in campaigns)
        {
            var outcomes = await results.OutcomesAsync(campaign, ct);
            Count(response.Total, outcomes, _ => true);
            await Parallel.ForEachAsync(
                by.Zip(response.Groups),
                new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = ct },
                async (pair, token) =>
                {
                    var members = await MembersAsync(account, pair.First.Members, campaign.EvaluatedAt!.Value, token);
                    Count(pair.Second.Results, outcomes, members.Contains);
                });
        }

        return response;
    }

    private async Task<HashSet<int>> MembersAsync(AccountInfo account, FilterSource source, DateTime at, CancellationToken ct)
    {
        var request = new StreamMatchesRequest { Account = account.Name, Source = source, AsOf = Timestamp.FromDateTime(at) };
        using var call = segments.StreamMatches(request, cancellationToken: ct);
        var members = new HashSet<int>();
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
        {
            foreach (var contactId in MemoryMarshal.Cast<byte, int>(part.ContactIds.Span))
            {
                members.Add(contactId);
            }
        }

        return members;
    }

    private static void Count(ResultCounts results, IReadOnlyList<(int ContactId, short Kind, bool IsHard, bool IsSoft)> outcomes, Func<int, bool> belongs)
    {
        var own = outcomes.Where(outcome => belongs(outcome.ContactId)).ToList();
        results.HardBounced += own.Count(outcome => outcome.IsHard);
        results.SoftBounced += own.Count(outcome => outcome.IsSoft);
        foreach (var kind in own.CountBy(outcome => outcome.Kind))
        {
            _ = (Crm.Activity.V1.Activity.Types.Kind)kind.Key switch
            {
                Crm.Activity.V1.Activity.Types.Kind.Sent => results.Sent += kind.Value,
                Crm.Activity.V1.Activity.Types.Kind.Delivered => results.Delivered += kind.Value,
                Crm.Activity.V1.Activity.Types.Kind.Opened => results.Opened += kind.Value,
                Crm.Activity.V1.Activity.Types.Kind.Clicked => results.Clicked += kind.Value,
                Crm.Activity.V1.Activity.Types.Kind.Bounced => results.Bounced += kind.Value,
                Crm.Activity.V1.Activity.Types.Kind.Unsubscribed => results.Unsubscribed += kind.Value,
                Crm.Activity.V1.Activity.Types.Kind.Complained => results.Complained += kind.Value,
                _ => 0,
            };
        }
    }
}
