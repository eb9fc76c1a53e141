using System.Globalization;
using Crm.Common.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Field = Crm.Contacts.V1.Field;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.WebConsole.Pages.Contacts;

/// <summary>Narrows a filter by a value that a table shows: only the contacts that have it, or only the others.</summary>
public static class QuickFilter
{
    /// <summary>Adds a clause to a filter, as one more condition that has to be met.</summary>
    public static Filter And(Filter filter, Filter clause)
    {
        if (filter.KindCase == Filter.KindOneofCase.Everyone)
            return clause;

        var both = filter.KindCase == Filter.KindOneofCase.AllOf ? filter.Clone() : new Filter { AllOf = new() { Filters = { filter.Clone() } } };
        both.AllOf.Filters.Add(clause);
        return both;
    }

    /// <summary>Makes the clause for a value of a column; null for a tag that is no more.</summary>
    public static Filter? Clause(string column, Value value, bool exclude, ContactColumns columns, IEnumerable<Tag> tags) => column switch
    {
        "tags" => tags.FirstOrDefault(tag => tag.Name == value.StringValue) is { } tag
            ? new() { Tag = new() { Match = exclude ? TagClause.Types.Match.None : TagClause.Types.Match.Any, TagIds = { tag.TagId } } }
            : null,
        "email_consent" => Consent(Channel.Email, value.StringValue, exclude),
        "sms_consent" => Consent(Channel.Sms, value.StringValue, exclude),
        _ => OfField(column, columns.FieldOf(column), value, exclude),
    };

    private static Filter Consent(Channel channel, string state, bool exclude)
    {
        var clause = new Filter { Consent = new() { Channel = channel, State = System.Enum.Parse<ConsentClause.Types.State>(state, ignoreCase: true) } };
        return exclude ? new() { Negated = clause } : clause;
    }

    private static Filter OfField(string column, Field? field, Value value, bool exclude)
    {
        var clause = new FieldClause { Field = field is null ? new() { Attribute = column } : new() { FieldId = field.FieldId } };
        var isTime = field is { Type: Field.Types.Type.DateTime } || column is "created" or "updated";
        if (value.KindCase is Value.KindOneofCase.NullValue or Value.KindOneofCase.None)
            clause.Operator = exclude ? Operator.IsNotEmpty : Operator.IsEmpty;
        else if (isTime)
            (clause.Operator, clause.Window) = (Operator.InWindow, On(value.StringValue));
        else
        {
            clause.Operator = Comparison(field, exclude);
            clause.Values.Add(TextOf(value));
        }

        var made = new Filter { Field = clause };
        // Windows have no negative comparison.
        return isTime && exclude && clause.Window is not null ? new() { Negated = made } : made;
    }

    private static Operator Comparison(Field? field, bool exclude) => (field?.Type, exclude) switch
    {
        (Field.Types.Type.MultipleChoice, false) => Operator.HasAny,
        (Field.Types.Type.MultipleChoice, true) => Operator.HasNone,
        (_, false) => Operator.Equals,
        (_, true) => Operator.NotEquals,
    };

    // Nobody looks for all contacts of one second: an instant stands for its day.
    private static TimeWindow On(string instant)
    {
        var day = DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture).UtcDateTime.Date;
        return new() { Fixed = new() { From = Day(day), Until = Day(day.AddDays(1)) }, Zone = "UTC" };
    }

    private static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string TextOf(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString("R", CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => value.StringValue,
    };
}
