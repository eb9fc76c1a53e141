using Crm.Common.V1;
using Crm.Segments.V1;
using NodaTime;
using NodaTime.Text;
using TagSegments.Filters.Catalog;
using TagSegments.Filters.Checks;
using TagSegments.Filters.Facts;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Match = Crm.Segments.V1.TagClause.Types.Match;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;
using Period = Crm.Segments.V1.Period;

namespace TagSegments.Testing.Oracle;

/// <summary>Makes random valid filters with every predicate and operator there is.</summary>
internal sealed partial class FilterGenerator(Random random, FilterCatalog catalog, Instant now)
{
    private static readonly string[] s_zones = ["America/New_York", "Asia/Kolkata", "UTC"];
    private static readonly FieldType[] s_propertyTypes = [FieldType.Number, FieldType.Text, FieldType.Boolean, FieldType.Date, FieldType.DateTime];
    private readonly WorldGenerator _values = new(random, now);

    public Filter Tree(int depth = 4) => random.Next(depth <= 1 ? 1 : 5) switch
    {
        1 => new Filter { AllOf = Group(depth) },
        2 => new Filter { AnyOf = Group(depth) },
        3 => new Filter { Negated = Tree(depth - 1) },
        _ => Clause(),
    };

    /// <summary>Makes a tree that refers to no segment, so that a segment may have it.</summary>
    public Filter WithoutSegments(int depth)
    {
        while (true)
        {
            var tree = Tree(depth);
            if (FilterReferences.Of(tree).SegmentIds.Length == 0)
            {
                return tree;
            }
        }
    }

    public Filter Clause() => random.Next(12) switch
    {
        0 => new Filter { Everyone = new EveryoneClause() },
        1 or 2 => new Filter { Tag = Tag() },
        3 => new Filter { TagAdded = new TagAddedClause { TagId = TagId(), Window = Window() } },
        4 or 5 or 6 => new Filter { Field = Field(catalog.ContactFields, catalog.ContactCustomFields, FilterField.ContactAttributes) },
        7 or 8 => new Filter { Activity = Chance(3) ? Event() : Activity() },
        9 => new Filter { Opportunity = Opportunity() },
        10 => new Filter { Consent = new ConsentClause { Channel = Channel(), State = Any<ConsentClause.Types.State>() } },
        _ => new Filter { Segment = new SegmentClause { SegmentId = Chance(2) ? WorldNames.Engaged : WorldNames.Buyers } },
    };

    private FilterGroup Group(int depth) => new() { Filters = { Enumerable.Range(0, random.Next(2, 4)).Select(_ => Tree(depth - 1)) } };

    private TagClause Tag() => random.Next(5) switch
    {
        0 => new TagClause { Match = Chance(2) ? Match.Any : Match.None },
        1 => new TagClause { Match = Chance(2) ? Match.Any : Match.None, NamePrefix = Chance(3) ? "Source: 100%" : Chance(2) ? "Source: " : "v" },
        _ => new TagClause { Match = Any<Match>(), TagIds = { Enumerable.Range(0, random.Next(1, 4)).Select(_ => TagId()) } },
    };

    private int TagId() => WorldNames.Tags[random.Next(WorldNames.Tags.Length)].Id;

    private AmountSum Sum()
    {
        var comparison = (Operator)random.Next((int)Operator.Equals, (int)Operator.Between + 1);
        return new AmountSum { Operator = comparison, Values = { Values(FilterField.Amount, comparison) } };
    }

    private OpportunityClause Opportunity()
    {
        var clause = new OpportunityClause
        {
            Conditions =
            {
                Enumerable.Range(0, random.Next(4)).Select(_ => Field(catalog.OpportunityFields, catalog.OpportunityCustomFields, FilterField.OpportunityAttributes)),
            },
        };
        if (Chance(3))
        {
            clause.AmountSum = Sum();
        }
        else
        {
            clause.Quantity = Quantity();
        }

        return clause;
    }

    private FieldClause Field(FieldIndex index, IReadOnlyList<FilterField> custom, IReadOnlyList<FilterField> attributes)
    {
        var usable = custom.Where(field => !field.IsDeleted).ToList();
        var field = Chance(3) ? attributes[random.Next(attributes.Count)] : usable[random.Next(usable.Count)];
        var clause = Comparison(field);
        clause.Field = index.Find(field.ToRef())!.ToRef();
        return clause;
    }

    private FieldClause Comparison(FilterField field)
    {
        Operator comparison;
        do
        {
            comparison = Any<Operator>();
        }
        while (!OperatorRules.Allows(field.Type, comparison));

        var isText = field.Type is FieldType.Text or FieldType.SingleChoice or FieldType.MultipleChoice;
        return new FieldClause
        {
            Operator = comparison,
            Values = { Values(field, comparison) },
            IgnoreCase = isText && OperatorRules.HasTextOperands(comparison) && Chance(2),
            AndIsSet = OperatorRules.IsNegative(comparison) && Chance(2),
            Window = comparison == Operator.InWindow ? Window() : comparison == Operator.Anniversary ? AnniversaryWindow() : null,
            LeapDayOnMarchFirst = comparison == Operator.Anniversary && Chance(2),
        };
    }

    private IEnumerable<string> Values(FilterField field, Operator comparison)
    {
        var (least, most) = OperatorRules.OperandCount(comparison);
        var values = Enumerable.Range(0, Math.Min(most, Math.Max(least, random.Next(1, 4)))).Select(_ => Value(field, comparison)).ToList();
        return comparison == Operator.Between && OperatorRules.IsGreater(field.Type, values[0], values[1]) ? [values[1], values[0]] : values;
    }

    private string Value(FilterField field, Operator comparison)
    {
        if (catalog.KnownValues(field) is { } known && OperatorRules.NamesValues(comparison))
        {
            return known[random.Next(known.Count)];
        }

        return field.Type switch
        {
            FieldType.Number => Chance(5) ? "1234567890123456789012345679" : _values.Number().ToString(System.Globalization.CultureInfo.InvariantCulture),
            FieldType.Date => LocalDatePattern.Iso.Format(_values.Day()),
            FieldType.DateTime => InstantPattern.ExtendedIso.Format(_values.Time()),
            FieldType.Boolean => Chance(2) ? "true" : "false",
            _ when field.Addresses is { } channel && Chance(2) => channel == Crm.Common.V1.Channel.Sms ? Any(WorldNames.Phones) : Any(WorldNames.Emails),
            _ => Text(comparison),
        };
    }

    private string Text(Operator comparison)
    {
        while (true)
        {
            var text = _values.Text();
            if (!OperatorRules.NamesValues(comparison) && text.Length > 1 && Chance(2))
            {
                var runes = text.EnumerateRunes().ToList();
                text = string.Concat(runes.Skip(random.Next(runes.Count)).Take(random.Next(1, 4)));
            }

            if (text.Length > 0 && !(OperatorRules.NamesValues(comparison) && string.IsNullOrWhiteSpace(text)))
            {
                return text;
            }
        }
    }

    private Quantity? Quantity() => random.Next(5) switch
    {
        0 or 1 => null,
        2 => new Quantity { AtMost = random.Next(0, 3) },
        3 => new Quantity { AtLeast = random.Next(1, 4) },
        _ => new Quantity { AtLeast = 1, AtMost = random.Next(1, 3) },
    };

    private Channel Channel() => Chance(4) ? Crm.Common.V1.Channel.Sms : Crm.Common.V1.Channel.Email;

    private T Any<T>()
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        return values[random.Next(1, values.Length)];
    }

    private string Any(string[] values) => values[random.Next(values.Length)];

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;
}
