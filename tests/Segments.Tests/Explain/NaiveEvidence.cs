using System.Globalization;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Values;
using TagSegments.Testing.Oracle;
using Match = Crm.Segments.V1.TagClause.Types.Match;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Segments.Tests.Explain;

/// <summary>Ways to explain wrongly.</summary>
public enum EvidenceMutant
{
    /// <summary>Everything is right.</summary>
    None,

    /// <summary>Events outside the window are counted too.</summary>
    CountsIgnoreWindows,

    /// <summary>Every opportunity counts, even if it fails the conditions.</summary>
    CountsIgnoreConditions,

    /// <summary>Activity later than now is counted.</summary>
    FutureCounts,

    /// <summary>Every tag of the contact is counted, also those not in the clause.</summary>
    OtherTagsCount,

    /// <summary>A truth is that of a wrong rule.</summary>
    NegativesNeedAValue,
}

/// <summary>
/// The evidence that an explanation must give about a contact, found by asking the oracle about copies of the contact that have one single thing
/// each. Both sides are written as lines, node by node.
/// </summary>
internal sealed class NaiveEvidence(World world, Instant now, Func<string, Filter?> findSegment, EvidenceMutant mutant = EvidenceMutant.None)
{
    private readonly FilterOracle _oracle = new(world, now, findSegment, mutant switch
    {
        EvidenceMutant.FutureCounts => Mutant.FutureCounts,
        EvidenceMutant.NegativesNeedAValue => Mutant.NegativesNeedAValue,
        _ => Mutant.None,
    });

    /// <summary>Writes the content of an explanation.</summary>
    public static IEnumerable<string> Given(Explanation explanation) =>
    [
        Line(
            explanation.Matches,
            explanation.HasCount ? explanation.Count : null,
            explanation.HasCountInAll ? explanation.CountInAll : null,
            explanation.AmountSum,
            explanation.Tags.Where(tag => tag.Has).Select(tag => tag.TagId),
            explanation.Opportunities.Select(opportunity => (opportunity.OpportunityId, opportunity.Unmet.Count)),
            explanation.Field?.Values.Select(Comparable) ?? [],
            explanation.Consent?.State ?? State.Unspecified),
        .. explanation.Members.SelectMany(Given),
    ];

    /// <summary>Writes the expected explanation of a contact.</summary>
    public IEnumerable<string> Expected(Filter filter, WorldContact contact) => Expected(filter, contact, []);

    private IEnumerable<string> Expected(Filter filter, WorldContact contact, HashSet<string> segments)
    {
        var matches = _oracle.Matches(filter, contact);
        var own = filter.KindCase switch
        {
            Filter.KindOneofCase.Tag => Tags(filter.Tag, contact) is var tags ? Line(matches, tags.Count, tags: tags) : "",
            Filter.KindOneofCase.TagAdded => Line(
                matches,
                contact.TagChanges.Count(change => _oracle.Matches(InWindow(filter), With(copy => copy.TagChanges.Add(change), contact))),
                contact.TagChanges.Count(change => change.Added && change.TagId == filter.TagAdded.TagId)),
            Filter.KindOneofCase.Activity => Line(matches, Activities(InWindow(filter), contact).Count, Activities(Ever(filter), contact).Count, Sum(filter, contact)),
            Filter.KindOneofCase.Opportunity => Opportunities(matches, filter.Opportunity, contact),
            Filter.KindOneofCase.Field => Line(matches, values: Values(filter.Field.Field, contact)),
            Filter.KindOneofCase.Consent => Line(matches, consent: Consent(filter.Consent, contact, matches)),
            _ => Line(matches),
        };
        return [own, .. Members(filter, segments).SelectMany(member =>
            member is null ? [Line(_oracle.Matches(findSegment(filter.Segment.SegmentId)!, contact))] : Expected(member, contact, segments))];
    }

    // Null for a segment that was explained before.
    private IEnumerable<Filter?> Members(Filter filter, HashSet<string> segments) => filter.KindCase switch
    {
        Filter.KindOneofCase.AllOf => filter.AllOf.Filters.AsEnumerable<Filter?>(),
        Filter.KindOneofCase.AnyOf => filter.AnyOf.Filters.AsEnumerable<Filter?>(),
        Filter.KindOneofCase.Negated => [filter.Negated],
        Filter.KindOneofCase.Segment => [segments.Add(filter.Segment.SegmentId) ? findSegment(filter.Segment.SegmentId) : null],
        _ => [],
    };

    private List<int> Tags(TagClause clause, WorldContact contact)
    {
        bool Asked(int tagId)
        {
            var any = clause.Clone();
            any.Match = Match.Any;
            return _oracle.Matches(new Filter { Tag = any }, With(copy => copy.Tags.Add(tagId), contact));
        }

        return [.. contact.Tags.Where(tagId => mutant == EvidenceMutant.OtherTagsCount || Asked(tagId)).Order()];
    }

    private List<WorldActivity> Activities(Filter once, WorldContact contact) =>
        [.. contact.Activities.Where(activity => _oracle.Matches(once, With(copy => copy.Activities.Add(activity), contact)))];

    private string Sum(Filter filter, WorldContact contact) =>
        filter.Activity.PropertySum is { } sum && Activities(InWindow(filter), contact) is { Count: > 0 } counted
            ? counted.Sum(activity => OracleProperties.Number(activity, sum.Name, Mutant.None)).ToString(CultureInfo.InvariantCulture)
            : "";

    private Filter InWindow(Filter filter) => mutant == EvidenceMutant.CountsIgnoreWindows ? Ever(filter) : Once(filter);

    private static Filter Once(Filter filter)
    {
        var once = filter.Clone();
        if (once.Activity is not null)
        {
            (once.Activity.Quantity, once.Activity.PropertySum) = (null, null);
        }

        return once;
    }

    private static Filter Ever(Filter filter)
    {
        var ever = Once(filter);
        if (ever.Activity is not null)
        {
            ever.Activity.Window = null;
        }
        else
        {
            ever.TagAdded.Window = new TimeWindow { Fixed = new FixedWindow { From = "0001-01-02T00:00:00Z" } };
        }

        return ever;
    }

    private string Opportunities(bool matches, OpportunityClause clause, WorldContact contact)
    {
        bool Meets(WorldOpportunity opportunity, params IEnumerable<FieldClause> conditions) => _oracle.Matches(
            new Filter { Opportunity = new OpportunityClause { Conditions = { conditions } } },
            With(copy => copy.Opportunities.Add(opportunity), contact));

        var found = contact.Opportunities.Where(o => mutant == EvidenceMutant.CountsIgnoreConditions || Meets(o, clause.Conditions)).ToList();
        return Line(
            matches,
            found.Count,
            contact.Opportunities.Count,
            clause.AmountSum is null || found.Count == 0 ? "" : found.Sum(o => o.Amount ?? 0).ToString(CultureInfo.InvariantCulture),
            opportunities: contact.Opportunities.Select(o => (o.Id, clause.Conditions.Count(condition => !Meets(o, condition))))
                .OrderBy(o => o.Item2).ThenBy(o => o.Id));
    }

    private static IEnumerable<string> Values(FieldRef field, WorldContact contact)
    {
        object? value = field.Attribute switch
        {
            "" => contact.Fields.GetValueOrDefault(field.FieldId),
            "contact_id" => (decimal)contact.Id,
            "created" => contact.Created,
            "updated" => contact.Updated,
            "do_not_disturb" => contact.DoNotDisturb,
            var name => contact.Texts[name],
        };
        return value switch
        {
            null => [],
            string[] list => list,
            Instant instant => [FilterValues.ToStored(FilterValues.ToMicroseconds(instant))],
            LocalDate day => [LocalDatePattern.Iso.Format(day)],
            bool truth => [truth ? "true" : "false"],
            IFormattable number => [Comparable(number.ToString(null, CultureInfo.InvariantCulture))],
            var text => [Comparable((string)text)],
        };
    }

    private static State Consent(ConsentClause clause, WorldContact contact, bool matches) =>
        clause.State == State.Suppressed ? (matches ? State.Suppressed : State.Unspecified)
        : (State)(clause.Channel == Crm.Common.V1.Channel.Sms ? contact.SmsConsent : contact.EmailConsent);

    // A copy without its tags, activity and opportunities, and with one thing given.
    private static WorldContact With(Action<WorldContact> give, WorldContact contact)
    {
        var copy = contact.Copy();
        copy.Tags.Clear();
        copy.TagChanges.Clear();
        copy.Activities.Clear();
        copy.Opportunities.Clear();
        give(copy);
        return copy;
    }

    private static string Line(
        bool matches,
        int? count = null,
        int? inAll = null,
        string sum = "",
        IEnumerable<int>? tags = null,
        IEnumerable<(int Id, int Unmet)>? opportunities = null,
        IEnumerable<string>? values = null,
        State consent = State.Unspecified) => string.Create(
        CultureInfo.InvariantCulture,
        $"{matches} {count} of {inAll}, sum {Comparable(sum)}, tags [{string.Join(',', tags ?? [])}], opportunities [{string.Join(',', opportunities ?? [])}], values [{string.Join('|', values ?? [])}], consent {consent}");

    // Numbers without meaningless zeros after the point.
    private static string Comparable(string text) =>
        FilterValues.TryNumber(text, out var number) ? number.ToString("0.############################", CultureInfo.InvariantCulture) : text;
}
