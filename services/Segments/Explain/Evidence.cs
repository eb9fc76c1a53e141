using System.Text.Json;
using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Segments.Filters;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Segments.Explain;

/// <summary>Puts into an explanation what one clause went by: what was read of the contact, and the windows that it was asked about.</summary>
internal sealed class Evidence(ContactFacts facts, JsonElement contact, FilterCatalog catalog, FilterContext context)
{
    private readonly ContactValues _values = new(contact, context);

    /// <summary>Adds the evidence of a clause, and the same in words.</summary>
    public async Task AddAsync(Explanation explanation, Filter clause)
    {
        explanation.Windows.AddRange(WindowBounds.Resolve(clause, context, _values.Zone));
        switch (clause.KindCase)
        {
            case Filter.KindOneofCase.Tag:
                AddTags(explanation, await facts.TagsAsync(clause.Tag));
                break;
            case Filter.KindOneofCase.TagAdded:
                AddEvents(explanation, await facts.AdditionsAsync(clause.TagAdded));
                break;
            case Filter.KindOneofCase.Field:
                explanation.Field = _values.Field(clause.Field, catalog);
                break;
            case Filter.KindOneofCase.Activity:
                AddEvents(explanation, await facts.ActivityAsync(clause.Activity));
                break;
            case Filter.KindOneofCase.Opportunity:
                AddOpportunities(explanation, clause.Opportunity, await facts.OpportunitiesAsync(clause.Opportunity));
                break;
            case Filter.KindOneofCase.Consent:
                explanation.Consent = await ConsentAsync(clause.Consent);
                break;
            default:
                break;
        }

        explanation.Actual = EvidenceText.Write(explanation, clause, context.Now);
    }

    private void AddTags(Explanation explanation, IReadOnlyList<TagFact> tags)
    {
        explanation.Count = tags.Count == 0 ? 0 : tags[0].Count;
        explanation.Tags.AddRange(tags.Select(tag => new TagEvidence
        {
            TagId = tag.TagId,
            Name = catalog.Tags.ById(tag.TagId)?.Name ?? "",
            Has = tag.Has,
            Time = tag.At?.ToTimestamp(),
            Cause = Cause(tag),
            Actor = tag.Actor ?? "",
        }));
    }

    private void AddEvents(Explanation explanation, IReadOnlyList<EventFact> events)
    {
        (explanation.Count, explanation.CountInAll) = events.Count == 0 ? (0, 0) : (events[0].Count, events[0].CountInAll);
        explanation.Events.AddRange(events.Select(e => new EventEvidence
        {
            Time = e.At?.ToTimestamp(),
            InWindow = e.InWindow,
            CampaignId = e.CampaignId ?? "",
            CampaignName = e.CampaignId is { } id ? catalog.Campaigns.ById(id)?.Name ?? "" : "",
            Detail = e.Detail ?? "",
            Cause = Cause(e),
            Actor = e.Actor ?? "",
        }));
    }

    private void AddOpportunities(Explanation explanation, OpportunityClause clause, IReadOnlyList<OpportunityFact> opportunities)
    {
        (explanation.Count, explanation.CountInAll) =
            opportunities.Count == 0 ? (0, 0) : (opportunities[0].Count, opportunities[0].CountInAll);
        explanation.AmountSum = clause.AmountSum is null || opportunities.Count == 0 ? "" : opportunities[0].AmountSum ?? "";
        explanation.Opportunities.AddRange(opportunities.Select(opportunity => new OpportunityEvidence
        {
            OpportunityId = opportunity.OpportunityId,
            Name = opportunity.Name ?? "",
            Pipeline = opportunity.Pipeline ?? "",
            Stage = opportunity.Stage ?? "",
            Status = opportunity.Status switch { 1 => "open", 2 => "won", 3 => "lost", _ => "" },
            Amount = opportunity.Amount ?? "",
            Opened = opportunity.Opened ?? "",
            Closed = opportunity.Closed ?? "",
            StageSince = opportunity.StageSince.ToTimestamp(),
            Matches = opportunity.Met.All(met => met),
            Unmet =
            {
                clause.Conditions.Zip(opportunity.Met).Where(condition => !condition.Second)
                    .Select(condition => FilterPrinter.PrintCondition(condition.First, catalog)),
            },
        }));
    }

    private async Task<ConsentEvidence> ConsentAsync(ConsentClause clause)
    {
        var isSms = clause.Channel == Channel.Sms;
        var evidence = new ConsentEvidence { Channel = isSms ? Channel.Sms : Channel.Email };
        if (clause.State != State.Suppressed)
        {
            var channel = isSms ? "sms" : "email";
            evidence.State = (State)contact.GetProperty($"{channel}_consent").GetInt32();
            evidence.Source = _values.Text($"{channel}_consent_source") ?? "";
            evidence.Time = _values.Text($"{channel}_consent_at") is { } at ? DateTimeOffset.Parse(at, null).ToTimestamp() : null;
            return evidence;
        }

        // The addresses of phones are compared by the same SQL as in the clause; e-mail addresses are kept in this form.
        evidence.Address = (isSms ? await facts.PhoneKeyAsync() : _values.Text("email_key")) ?? "";
        if (evidence.Address.Length > 0 && await facts.SuppressionAsync(isSms ? 2 : 1, evidence.Address) is { } suppression)
        {
            (evidence.State, evidence.SuppressionReason, evidence.Source) = (State.Suppressed, suppression.Reason ?? "", suppression.Source ?? "");
            evidence.Time = suppression.CreatedAt?.ToTimestamp();
        }

        return evidence;
    }

    private static Cause? Cause(CausedFact fact) => fact.CauseKind is { } kind
        ? new Cause { Kind = (Cause.Types.Kind)kind, Id = fact.CauseId ?? "", Detail = fact.CauseDetail ?? "" }
        : null;
}
