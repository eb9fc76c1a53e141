using System.Globalization;
using Crm.Common.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;
using TagSegments.Filters.Windows;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Segments.Explain;

/// <summary>Writes the evidence of a clause in words, for people.</summary>
internal static class EvidenceText
{
    /// <summary>Gets the words for the evidence of a clause.</summary>
    public static string Write(Explanation explanation, Filter clause, DateTimeOffset now) => clause.KindCase switch
    {
        Filter.KindOneofCase.Tag => Tags(explanation, clause.Tag),
        Filter.KindOneofCase.TagAdded => Events(explanation, "added ", "never added", now),
        Filter.KindOneofCase.Field => Field(explanation, clause.Field),
        Filter.KindOneofCase.Activity => Events(explanation, "", "never", now),
        Filter.KindOneofCase.Opportunity => Opportunities(explanation),
        Filter.KindOneofCase.Consent => Consent(explanation.Consent, clause.Consent.State),
        Filter.KindOneofCase.Everyone => "",
        Filter.KindOneofCase.AllOf or Filter.KindOneofCase.AnyOf or Filter.KindOneofCase.Negated or Filter.KindOneofCase.Segment => "",
        Filter.KindOneofCase.None => throw new UnknownClauseException(),
    };

    private static string Tags(Explanation explanation, TagClause clause)
    {
        var has = explanation.Tags.Where(tag => tag.Has).Select(tag =>
            $"\"{tag.Name}\"{(tag.Time is { } time ? $" since {Time(time)}{Why(tag.Cause, tag.Actor)}" : "")}").ToList();
        if (has.Count < explanation.Count)
        {
            has.Add($"{Number(explanation.Count - has.Count)} more");
        }

        var lacks = explanation.Tags.Where(tag => !tag.Has).Select(tag =>
            $"\"{tag.Name}\"{(tag.Time is { } time ? $" (removed {Time(time)}{Why(tag.Cause, tag.Actor)})" : "")}").ToList();
        var missing = clause.TagIds.Distinct().Count() - explanation.Count;
        if (clause.TagIds.Count > 0 && lacks.Count < missing)
        {
            lacks.Add($"{Number(missing - lacks.Count)} more");
        }

        var parts = new List<string>();
        if (has.Count > 0)
        {
            parts.Add("has " + string.Join(", ", has));
        }

        if (lacks.Count > 0)
        {
            parts.Add("does not have " + string.Join(", ", lacks));
        }

        return parts.Count > 0 ? string.Join("; ", parts)
            : clause.NamePrefix.Length > 0 ? "has none of these tags"
            : "has no tag";
    }

    private static string Field(Explanation explanation, FieldClause clause)
    {
        var field = explanation.Field;
        var value = field.Values.Count == 0 ? "empty" : string.Join(", ", field.Values.Select(text => Quoted(text, clause)));
        var blank = field.Values.Count == 1 && FilterValues.IsBlank(field.Values[0]) ? ", which counts as empty" : "";
        var anniversary = field.Anniversary.Length > 0 ? $"; anniversary on {field.Anniversary}" : "";
        var window = explanation.Windows.Count > 0 ? $"; asked {Window(explanation.Windows[0])}" : "";
        return $"{field.Name} is {value}{blank}{anniversary}{window}";
    }

    // Texts are in quotes, as in filters; days, instants, numbers and truth values are not.
    private static string Quoted(string value, FieldClause clause) =>
        clause.Window is not null || FilterValues.TryDate(value, out _) || FilterValues.TryInstant(value, out _)
            || FilterValues.TryNumber(value, out _) || FilterValues.TryBoolean(value, out _)
            ? value
            : $"\"{value}\"";

    private static string Events(Explanation explanation, string verb, string none, DateTimeOffset now)
    {
        if (explanation.CountInAll == 0)
        {
            return none + Asked(explanation);
        }

        var last = explanation.Events[0];
        var what = $"last {Time(last.Time)}, {Ago(last.Time.ToDateTimeOffset(), now)}{Bounce(last)}{Campaign(last)}{Why(last.Cause, last.Actor)}";
        var count = Times(explanation.Count) + (explanation.AmountSum.Length > 0 ? $", together {explanation.AmountSum}," : "");
        if (explanation.Windows.Count == 0)
        {
            return $"{verb}{count} in all, {what}";
        }

        var inAll = $"{Times(explanation.CountInAll)} in all";
        return explanation.Count > 0
            ? $"{verb}{count} {Window(explanation.Windows[0])}, {what}; {inAll}"
            : $"{verb}0 times {Window(explanation.Windows[0])}; {inAll}, {what}";
    }

    private static string Asked(Explanation explanation) => explanation.Windows.Count == 0 ? "" : $"; asked {Window(explanation.Windows[0])}";

    private static string Opportunities(Explanation explanation)
    {
        var asked = string.Concat(explanation.Windows.Select(window => $"; {window.Of} asked {Window(window)}"));
        if (explanation.CountInAll == 0)
        {
            return "no opportunities" + asked;
        }

        var matching = explanation.Opportunities.Where(opportunity => opportunity.Matches).Select(Opportunity).ToList();
        if (matching.Count < explanation.Count)
        {
            matching.Add($"{Number(explanation.Count - matching.Count)} more");
        }

        var sum = explanation.AmountSum.Length > 0 ? $", together {explanation.AmountSum}" : "";
        var count = $"{Number(explanation.Count)} of {Number(explanation.CountInAll)} {(explanation.CountInAll == 1 ? "opportunity" : "opportunities")}";
        return matching.Count > 0
            ? $"{count}{sum}: {string.Join("; ", matching)}{asked}"
            : $"{count}; nearest is {Opportunity(explanation.Opportunities[0])}, but not {string.Join(" and not ", explanation.Opportunities[0].Unmet)}{asked}";
    }

    private static string Opportunity(OpportunityEvidence opportunity) => string.Join(", ", new[]
    {
        $"#{Number(opportunity.OpportunityId)}{(opportunity.Name.Length > 0 ? $" \"{opportunity.Name}\"" : "")}",
        $"{opportunity.Pipeline} / {opportunity.Stage} since {Time(opportunity.StageSince)}",
        opportunity.Status,
        opportunity.Amount,
        opportunity.Opened.Length > 0 ? $"opened {opportunity.Opened}" : "",
        opportunity.Closed.Length > 0 ? $"closed {opportunity.Closed}" : "",
    }.Where(part => part.Length > 0));

    private static string Consent(ConsentEvidence consent, State asked)
    {
        if (asked == State.Suppressed)
        {
            return consent.Address.Length == 0 ? "no address"
                : consent.State != asked ? $"{consent.Address} is not suppressed"
                : $"{consent.Address} is suppressed{SinceAndSource(consent)}"
                    + (consent.SuppressionReason.Length > 0 ? $": {consent.SuppressionReason}" : "");
        }

        var state = consent.State switch { State.Subscribed => "subscribed", State.Unsubscribed => "unsubscribed", _ => "never asked" };
        return state + SinceAndSource(consent);
    }

    private static string SinceAndSource(ConsentEvidence consent) =>
        (consent.Time is { } time ? $" since {Time(time)}" : "") + (consent.Source.Length > 0 ? $", source \"{consent.Source}\"" : "");

    private static string Bounce(EventEvidence e) => e.Bounce.Length > 0 ? $", {e.Bounce}" : "";

    private static string Campaign(EventEvidence e) =>
        e.CampaignName.Length > 0 ? $" of campaign \"{e.CampaignName}\"" : e.CampaignId.Length > 0 ? $" of campaign {e.CampaignId}" : "";

    private static string Why(Cause? cause, string actor)
    {
        var what = cause?.Kind switch
        {
            Cause.Types.Kind.Import => "import",
            Cause.Types.Kind.Bulk => "bulk operation",
            Cause.Types.Kind.Undo => "undo of bulk operation",
            Cause.Types.Kind.Workflow => "workflow run",
            Cause.Types.Kind.Campaign => "campaign",
            Cause.Types.Kind.Merge => "merge of",
            Cause.Types.Kind.Expiry => "expiry",
            Cause.Types.Kind.Contact => "the contact",
            Cause.Types.Kind.TagLifecycle => "deletion or restoration of the tag",
            _ => "",
        };
        string[] parts = [what, cause?.Id ?? "", cause?.Detail ?? ""];
        var by = string.Join(' ', parts.Where(part => part.Length > 0));
        return (by, actor) switch
        {
            ("", "") => "",
            ("", _) => $" by {actor}",
            (_, "") => $" by {by}",
            _ => $" by {by} ({actor})",
        };
    }

    private static string Window(ResolvedWindow window) => $"{WindowBounds.Text(window)} ({window.Zone})";

    private static string Times(int count) => count == 1 ? "once" : $"{Number(count)} times";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(Timestamp at) => at.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var age = now - at;
        return age.TotalDays >= 2 ? $"{Number((int)age.TotalDays)} days ago"
            : age.TotalHours >= 2 ? $"{Number((int)age.TotalHours)} hours ago"
            : age.TotalMinutes >= 2 ? $"{Number((int)age.TotalMinutes)} minutes ago"
            : "just now";
    }
}
