using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;
using FieldType = Crm.Contacts.V1.Field.Types.Type;
using Operator = Crm.Segments.V1.FieldClause.Types.Operator;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    // A phone number as suppressions know it: in E.164 where the contact service has made that of it, otherwise its digits, after a plus if it
    // begins with one.
    internal static string PhoneKey(string row) =>
        $"coalesce({row}.phone_key, CASE WHEN starts_with(ltrim({row}.phone, {WhiteSpace}), '+') THEN '+' ELSE '' END || regexp_replace({row}.phone, '[^0-9]', '', 'g'))";

    // Days that there are, so that a cast cannot fail: 29 February in leap years only.
    private const string DayPattern =
        "(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
        + "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)";

    private const string TimePattern = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])";

    private string Activity(ActivityClause clause)
    {
        _context.RequireEvents(clause);
        return clause.PropertySum is null
            ? Counted(clause.Quantity, having => Activities(clause, having("a.contact_id")))
            : Activities(clause, EnoughActivity(clause));
    }

    // All conditions hold of one and the same row.
    private string Activities(ActivityClause clause, string tail) => $"""
        c.contact_id IN (
            SELECT a.contact_id FROM {_sources.Activity} a{ZoneJoin("a", clause.Window)}
            WHERE a.account_id = @account AND {WhichActivity(clause)}{AmongCandidates("a")}{tail})
        """;

    private string EnoughActivity(ActivityClause clause) => clause.PropertySum is { } sum
        ? $" GROUP BY a.contact_id HAVING {Compare($"sum({Amount(sum)})", sum.Sum)}"
        : AtLeastOf(clause.Quantity, "a.contact_id");

    private string Amount(PropertySum sum) => $"coalesce({PropertyColumn(sum.Name, FieldType.Number).Sql}, 0)";

    private string WhichActivity(ActivityClause clause)
    {
        // The index of custom events is for their kind only, so a plan that is made once has to know the kind: it is no parameter.
        var conditions = new List<string>
        {
            clause.Kind == ActivityClause.Types.Kind.Custom
                ? $"a.kind = {Number((int)clause.Kind)} AND a.detail = {Bind(clause.EventName)}"
                : $"a.kind = {Bind((short)clause.Kind)} AND a.channel = {Bind(ChannelNumber(clause.Channel))}",
        };
        if (!_context.NothingLater)
        {
            // Events later than now never match, in any window.
            conditions.Add($"a.at <= {Bind(_context.Instant.ToDateTimeUtc())}");
        }

        if (clause.CampaignId.Length > 0)
        {
            conditions.Add($"a.campaign_id = {Bind(Guid.Parse(clause.CampaignId))}");
        }

        if (clause.Link is not null)
        {
            conditions.Add(Field(clause.Link, new FieldColumn(FilterField.Link, "a.detail"), "z"));
        }

        if (clause.Bounce != 0)
        {
            conditions.Add($"a.bounce = {Bind((short)clause.Bounce)}");
        }

        if (clause.Window is not null)
        {
            conditions.Add(InWindow(TimeColumn.Instant("a.at"), clause.Window, "z"));
        }

        conditions.AddRange(clause.Properties.Select(Property));
        return string.Join(" AND ", conditions);
    }

    // Whether a property is missing does not depend on the type that it is compared as.
    private string Property(PropertyCondition condition)
    {
        var (field, comparison) = (PropertyFields.FieldOf(condition), PropertyFields.ToComparison(condition));
        comparison.AndIsSet = false;
        var compared = condition.Operator switch
        {
            Operator.IsEmpty => IsMissing(condition.Name),
            Operator.IsNotEmpty => $"NOT {IsMissing(condition.Name)}",
            _ => Field(comparison, PropertyColumn(field.Name, field.Type), "z"),
        };
        return condition.AndIsSet ? $"({compared} AND NOT {IsMissing(condition.Name)})" : compared;
    }

    private string IsMissing(string name)
    {
        var json = $"(a.properties -> {Bind(name)})";
        return $"coalesce({json} IN ('null', '[]', '{{}}') OR (jsonb_typeof({json}) = 'string' AND btrim({json} #>> '{{}}', {WhiteSpace}) = ''), true)";
    }

    // A value that is not of the type, and does not say one, reads as missing instead of failing the query.
    private FieldColumn PropertyColumn(string name, FieldType type)
    {
        var json = $"(a.properties -> {Bind(name)})";
        var text = $"(CASE WHEN jsonb_typeof({json}) = 'string' THEN {json} #>> '{{}}' END)";
        return new FieldColumn(PropertyFields.Field(name, type), type switch
        {
            FieldType.Number => $"(CASE WHEN jsonb_typeof({json}) = 'number' THEN {json}::numeric WHEN {text} ~ '^-?[0-9]{{1,200}}([.][0-9]{{1,200}})?$' THEN {text}::numeric END)",
            FieldType.Boolean => $"(CASE WHEN jsonb_typeof({json}) = 'boolean' THEN {json}::boolean END)",
            FieldType.Date => $"(CASE WHEN {text} ~ '^{DayPattern}$' THEN {text} END)",
            FieldType.DateTime => $"(CASE WHEN {text} ~ '^{DayPattern}{TimePattern}$' THEN regexp_replace({text}, '([.][0-9]{{6}})[0-9]+', '\\1')::timestamptz END)",
            _ => text,
        }, IsJson: type == FieldType.Date);
    }

    // At most n is not more than n: contacts without anything to count are not in the subquery at all.
    private string Counted(Quantity? quantity, Func<Func<string, string>, string> isAmong)
    {
        if (quantity is null)
        {
            return isAmong(_ => "");
        }

        var conditions = new List<string>();
        if (quantity.HasAtLeast)
        {
            conditions.Add(isAmong(key => Having(key, quantity.AtLeast)));
        }

        if (quantity.HasAtMost)
        {
            conditions.Add("NOT " + isAmong(key => Having(key, quantity.AtMost + 1L)));
        }

        return $"({string.Join(" AND ", conditions)})";
    }

    private string Having(string key, long atLeast) =>
        atLeast == 1 ? "" : $" GROUP BY {key} HAVING count(*) >= {Bind(atLeast)}";

    private string Consent(ConsentClause clause)
    {
        var sms = clause.Channel == Channel.Sms;
        return clause.State switch
        {
            ConsentClause.Types.State.Suppressed => $"""
                (EXISTS (
                    SELECT FROM {_sources.Suppressions} s
                    WHERE s.account_id = @account AND s.channel = {Bind(ChannelNumber(clause.Channel))}
                        AND s.address_key = {(sms ? PhoneKey("c") : "c.email_key")}){(sms ? "" : InSuppressedDomain)})
                """,
            ConsentClause.Types.State.Unspecified => throw NotValidated("a consent clause has no state"),
            var state => $"{(sms ? "c.sms_consent" : "c.email_consent")} = {Bind((short)state)}",
        };
    }

    // Entries without an at sign are domains. Whether there are any is asked once, not of each contact.
    private string InSuppressedDomain => $"""
         OR (EXISTS ({SuppressedDomains}) AND EXISTS ({SuppressedDomains} AND s.address_key = ANY (campaigns.domains_of(c.email_key))))
        """;

    private string SuppressedDomains =>
        $"SELECT FROM {_sources.Suppressions} s WHERE s.account_id = @account AND s.channel = {Channels.Email} AND strpos(s.address_key, '@') = 0";

    private static short ChannelNumber(Channel channel) => channel == Channel.Sms ? (short)2 : (short)1;
}
