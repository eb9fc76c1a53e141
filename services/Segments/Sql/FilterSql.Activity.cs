using Crm.Common.V1;
using Crm.Segments.V1;

namespace TagSegments.Segments.Sql;

internal sealed partial class FilterSql
{
    // A phone number as suppressions know it: the digits, after a plus if it begins with one.
    internal const string PhoneKey =
        $"(CASE WHEN starts_with(ltrim(c.phone, {WhiteSpace}), '+') THEN '+' ELSE '' END || regexp_replace(c.phone, '[^0-9]', '', 'g'))";

    private string Activity(ActivityClause clause) => Counted(clause.Quantity, having => $"""
        c.contact_id IN (
            SELECT a.contact_id FROM {_sources.Activity} a{ZoneJoin("a", clause.Window)}
            WHERE a.account_id = @account AND a.kind = {Bind((short)clause.Kind)}
                AND {WhichActivity(clause)}{AmongCandidates("a")}{having("a.contact_id")})
        """);

    private string EnoughActivity(ActivityClause clause) => AtLeastOf(clause.Quantity, "a.contact_id");

    private string WhichActivity(ActivityClause clause)
    {
        var conditions = new List<string>();
        if (!_context.NothingLater)
        {
            // Events later than now never match, in any window.
            conditions.Add($"a.at <= {Bind(_context.Instant.ToDateTimeUtc())}");
        }

        conditions.Add(clause.Kind == ActivityClause.Types.Kind.Custom
            ? $"a.detail = {Bind(clause.EventName)}"
            : $"a.channel = {Bind(ChannelNumber(clause.Channel))}");
        if (clause.CampaignId.Length > 0)
        {
            conditions.Add($"a.campaign_id = {Bind(Guid.Parse(clause.CampaignId))}");
        }

        if (clause.Window is not null)
        {
            conditions.Add(InWindow(TimeColumn.Instant("a.at"), clause.Window, "z"));
        }

        return string.Join(" AND ", conditions);
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
                EXISTS (
                    SELECT FROM {_sources.Suppressions} s
                    WHERE s.account_id = @account AND s.channel = {Bind(ChannelNumber(clause.Channel))}
                        AND s.address_key = {(sms ? PhoneKey : "c.email_key")})
                """,
            ConsentClause.Types.State.Unspecified => throw NotValidated("a consent clause has no state"),
            var state => $"{(sms ? "c.sms_consent" : "c.email_consent")} = {Bind((short)state)}",
        };
    }

    private static short ChannelNumber(Channel channel) => channel == Channel.Sms ? (short)2 : (short)1;
}
