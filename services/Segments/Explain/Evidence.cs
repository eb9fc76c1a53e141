using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Windows;
using TagSegments.Segments.Sql;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Segments.Explain;

/// <summary>
/// Adds to an explanation whether a clause is true, and the evidence: the values read of the contact and the windows of the clause.
/// </summary>
internal sealed class Evidence(
    ContactFacts facts,
    Task<ContactValues?> contact,
    Task<IReadOnlyDictionary<Filter, bool>> truths,
    FilterCatalog catalog,
    FilterContext context)
{
    /// <summary>
    /// Adds the evidence of a clause, in fields and in words. Its queries are added before this returns, and it completes when they are answered;
    /// nothing is added if there is no such contact.
    /// </summary>
    public async Task AddAsync(Explanation explanation, Filter clause)
    {
        await AddFactsAsync(explanation, clause);
        if (await contact is not { } values)
        {
            return;
        }

        explanation.Matches = (await truths)[clause];
        explanation.Windows.AddRange(WindowBounds.Resolve(clause, context.Catalog, context.Windows, values.Zone));
        if (clause.KindCase == Filter.KindOneofCase.Field)
        {
            explanation.Field = values.Field(clause.Field, catalog);
        }
        else if (clause.KindCase == Filter.KindOneofCase.Consent)
        {
            explanation.Consent ??= Consent(values, clause.Consent);
        }

        explanation.Actual = EvidenceText.Write(explanation, clause, context.Now);
    }

    // Fields and the state of consent are in the contact's record, which is read in any case. Groups and segments have members instead.
    private Task AddFactsAsync(Explanation explanation, Filter clause) => clause.KindCase switch
    {
        Filter.KindOneofCase.Tag => AddAsync(facts.TagsAsync(clause.Tag), read => AddTags(explanation, read)),
        Filter.KindOneofCase.TagAdded => AddAsync(facts.AdditionsAsync(clause.TagAdded), read => AddEvents(explanation, read)),
        Filter.KindOneofCase.Activity => AddAsync(facts.ActivityAsync(clause.Activity), read => AddEvents(explanation, read)),
        Filter.KindOneofCase.Opportunity => AddAsync(
            facts.OpportunitiesAsync(clause.Opportunity), read => AddOpportunities(explanation, clause.Opportunity, read)),
        Filter.KindOneofCase.Consent when clause.Consent.State == State.Suppressed => AddAsync(
            facts.SuppressionAsync(clause.Consent.Channel == Channel.Sms), read => explanation.Consent = Suppression(clause.Consent, read)),
        Filter.KindOneofCase.Consent or Filter.KindOneofCase.Field or Filter.KindOneofCase.Everyone => Task.CompletedTask,
        Filter.KindOneofCase.AllOf or Filter.KindOneofCase.AnyOf or Filter.KindOneofCase.Negated or Filter.KindOneofCase.Segment => Task.CompletedTask,
        Filter.KindOneofCase.None => throw new UnknownClauseException(),
    };

    private static async Task AddAsync<T>(Task<T> read, Action<T> add) => add(await read);

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
        explanation.AmountSum = events.Count == 0 ? "" : events[0].AmountSum ?? "";
        explanation.Events.AddRange(events.Select(e => new EventEvidence
        {
            Time = e.At?.ToTimestamp(),
            InWindow = e.InWindow,
            CampaignId = e.CampaignId ?? "",
            CampaignName = e.CampaignId is { } id ? catalog.Campaigns.ById(id)?.Name ?? "" : "",
            Detail = e.Detail ?? "",
            Properties = e.Properties ?? "",
            Bounce = e.Bounce ?? "",
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

    private static ConsentEvidence Consent(ContactValues values, ConsentClause clause)
    {
        var channel = clause.Channel == Channel.Sms ? "sms" : "email";
        return new ConsentEvidence
        {
            Channel = ChannelOf(clause),
            State = (State)values.Number($"{channel}_consent"),
            Source = values.Text($"{channel}_consent_source") ?? "",
            Time = values.Text($"{channel}_consent_at") is { } at ? DateTimeOffset.Parse(at, null).ToTimestamp() : null,
        };
    }

    private static ConsentEvidence Suppression(ConsentClause clause, SuppressionFact? fact) => new()
    {
        Channel = ChannelOf(clause),
        Address = fact?.Address ?? "",
        State = fact?.IsSuppressed == true ? State.Suppressed : State.Unspecified,
        SuppressionReason = fact?.Reason ?? "",
        Source = fact?.Source ?? "",
        Time = fact?.CreatedAt?.ToTimestamp(),
    };

    private static Channel ChannelOf(ConsentClause clause) => clause.Channel == Channel.Sms ? Channel.Sms : Channel.Email;

    private static Cause? Cause(CausedFact fact) => fact.CauseKind is { } kind
        ? new Cause { Kind = (Cause.Types.Kind)kind, Id = fact.CauseId ?? "", Detail = fact.CauseDetail ?? "" }
        : null;
}
