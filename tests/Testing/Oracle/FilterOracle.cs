using Crm.Common.V1;
using Crm.Segments.V1;
using NodaTime;
using TagSegments.Addresses;
using TagSegments.Filters.Checks;
using Match = Crm.Segments.V1.TagClause.Types.Match;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Testing.Oracle;

/// <summary>
/// Says of one contact whether it matches, straight from the rules and as simply as possible. Its mutants break one rule each: the tests that
/// compare it with the database must notice every one of them.
/// </summary>
internal sealed class FilterOracle(World world, Instant now, Func<string, Filter?> findSegment, Mutant mutant = Mutant.None)
{
    private readonly OracleWindows _windows = new(now, world, mutant);

    public bool Matches(Filter filter, WorldContact contact) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters.All(member => Matches(member, contact)),
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters.Any(member => Matches(member, contact)),
        Filter.KindOneofCase.Negated => !Matches(filter.Negated, contact),
        Filter.KindOneofCase.Everyone => true,
        Filter.KindOneofCase.Tag => MatchesTag(filter.Tag, contact),
        Filter.KindOneofCase.TagAdded => contact.TagChanges.Any(change =>
            change.Added && change.TagId == filter.TagAdded.TagId && _windows.Contains(filter.TagAdded.Window, change.At, contact)),
        Filter.KindOneofCase.Field => Field(filter.Field, contact, null),
        Filter.KindOneofCase.Activity => MatchesActivity(filter.Activity, contact),
        Filter.KindOneofCase.Opportunity => MatchesOpportunity(filter.Opportunity, contact),
        Filter.KindOneofCase.Consent => MatchesConsent(filter.Consent, contact),
        Filter.KindOneofCase.Segment => Matches(findSegment(filter.Segment.SegmentId)!, contact),
        _ => throw new InvalidOperationException(),
    };

    private bool MatchesTag(TagClause clause, WorldContact contact)
    {
        var asked = clause.TagIds.Count > 0 ? [.. clause.TagIds]
            : world.Tags.Where(tag => tag.Name.StartsWith(clause.NamePrefix, StringComparison.Ordinal)).Select(tag => tag.Id).ToList();
        return clause.Match switch
        {
            Match.Any => asked.Any(contact.Tags.Contains),
            Match.All => mutant == Mutant.AllIsAny ? asked.Any(contact.Tags.Contains) : asked.All(contact.Tags.Contains),
            _ => !asked.Any(contact.Tags.Contains),
        };
    }

    private bool MatchesActivity(ActivityClause clause, WorldContact contact)
    {
        var asked = contact.Activities.Where(activity => IsActivity(clause, activity, contact)).ToList();
        var found = mutant == Mutant.PropertiesCombineAcross && clause.Properties.All(p => asked.Any(a => Property(p, a, contact)))
            ? asked
            : asked.Where(activity => clause.Properties.All(condition => Property(condition, activity, contact))).ToList();
        if (clause.PropertySum is not { } sum)
        {
            return Enough(clause.Quantity, found.Count);
        }

        var comparison = new FieldClause { Operator = sum.Sum.Operator, Values = { sum.Sum.Values } };
        return found.Count > 0 && OracleFields.Compare(comparison, found.Sum(activity => OracleProperties.Number(activity, sum.Name, mutant)));
    }

    private bool Property(PropertyCondition condition, WorldActivity activity, WorldContact contact) =>
        OracleProperties.Matches(condition, activity, (clause, value) => OracleFields.Matches(clause, value, contact, _windows, mutant), mutant);

    private bool IsActivity(ActivityClause clause, WorldActivity activity, WorldContact contact) =>
        activity.Kind == (int)clause.Kind
        && (clause.Kind == ActivityClause.Types.Kind.Custom ? activity.Event == clause.EventName : activity.Channel == ChannelOf(clause.Channel))
        && (clause.CampaignId.Length == 0 || activity.CampaignId == clause.CampaignId)
        && (clause.Link is null || mutant == Mutant.AnyLinkWillDo || IsLink(clause.Link, activity.Link, contact))
        && (clause.Bounce == 0 || activity.Bounce == (int)clause.Bounce
            || mutant == Mutant.AnyBounceWillDo || (mutant == Mutant.UnknownBouncesAreSoft && activity.Bounce == 0 && (int)clause.Bounce == 2))
        && (activity.At <= now || mutant == Mutant.FutureCounts)
        && (clause.Window is null || _windows.Contains(clause.Window, activity.At, contact));

    private bool IsLink(FieldClause clause, string? link, WorldContact contact) =>
        OracleFields.Matches(clause, OracleFields.IsEmpty(link) ? null : link, contact, _windows, mutant);

    private static bool Enough(Quantity? quantity, int count) =>
        quantity is null ? count >= 1
        : (!quantity.HasAtLeast || count >= quantity.AtLeast) && (!quantity.HasAtMost || count <= quantity.AtMost);

    private bool MatchesOpportunity(OpportunityClause clause, WorldContact contact)
    {
        var found = mutant == Mutant.ConditionsCombineAcross && clause.Conditions.All(c => contact.Opportunities.Any(o => Field(c, contact, o)))
            ? contact.Opportunities
            : contact.Opportunities.Where(o => clause.Conditions.All(condition => Field(condition, contact, o))).ToList();
        if (clause.AmountSum is not { } sum)
        {
            return Enough(clause.Quantity, found.Count);
        }

        var comparison = new FieldClause { Operator = sum.Operator, Values = { sum.Values } };
        return found.Count > 0 && OracleFields.Compare(comparison, found.Sum(o => o.Amount ?? 0m));
    }

    private bool MatchesConsent(ConsentClause clause, WorldContact contact)
    {
        var channel = ChannelOf(clause.Channel);
        var address = channel == 1 ? contact.Texts["email"] is { } email ? EmailAddress.Key(email) : null
            : contact.Texts["phone"] is { } phone ? PhoneNumber.Key(phone, world.Country) : null;
        return clause.State == State.Suppressed
            ? address is not null && world.Suppressed.Contains((channel, address))
            : (channel == 1 ? contact.EmailConsent : contact.SmsConsent) == (int)clause.State;
    }

    private bool Field(FieldClause clause, WorldContact contact, WorldOpportunity? opportunity)
    {
        var value = opportunity is null ? ContactValue(clause.Field, contact) : OpportunityValue(clause.Field, opportunity);
        if (opportunity is null && clause.Field.Attribute is "email" or "phone" && OperatorRules.NamesValues(clause.Operator) && mutant != Mutant.AddressesAreTexts)
        {
            (clause, value) = (Keyed(clause), value is string address ? KeyOf(clause.Field, address) : null);
        }

        return OracleFields.Matches(clause, OracleFields.IsEmpty(value) ? null : value, contact, _windows, mutant);
    }

    private FieldClause Keyed(FieldClause clause)
    {
        var keyed = clause.Clone();
        keyed.Values.Clear();
        keyed.Values.Add(clause.Values.Select(value => KeyOf(clause.Field, value)));
        return keyed;
    }

    private string KeyOf(FieldRef field, string address) =>
        field.Attribute == "email" ? EmailAddress.Key(address) : address.Any(char.IsAsciiDigit) ? PhoneNumber.Key(address, world.Country) : address;

    private static object? ContactValue(FieldRef field, WorldContact contact) => field.Attribute switch
    {
        "" => contact.Fields.GetValueOrDefault(field.FieldId),
        "contact_id" => (decimal)contact.Id,
        "created" => contact.Created,
        "updated" => contact.Updated,
        "do_not_disturb" => contact.DoNotDisturb,
        var name => contact.Texts[name],
    };

    private object? OpportunityValue(FieldRef field, WorldOpportunity opportunity) => field.Attribute switch
    {
        "" => opportunity.Fields.GetValueOrDefault(field.FieldId),
        "name" => opportunity.Name,
        "pipeline" => world.Pipelines.Single(p => p.Id == opportunity.PipelineId).Name,
        "stage" => world.Stages.Single(s => s.Id == opportunity.StageId).Name,
        "status" => new[] { "open", "won", "lost" }[opportunity.Status - 1],
        "amount" => opportunity.Amount,
        "opened" => opportunity.Opened,
        "closed" => opportunity.Closed,
        _ => opportunity.StageSince,
    };

    private static int ChannelOf(Channel channel) => channel == Channel.Sms ? 2 : 1;
}
