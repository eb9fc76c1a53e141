using System.Globalization;
using System.Text.Json;
using Crm.Common.V1;
using Crm.Segments.V1;
using TagSegments.Segments.Filters;

namespace TagSegments.Segments.Evaluation;

/// <summary>Says in words what a clause found, for people.</summary>
internal sealed class ExplainWriter(ContactFacts facts, JsonElement contact, FilterCatalog catalog, DateTimeOffset now)
{
    private static readonly string[] s_consent = ["", "never asked", "subscribed", "unsubscribed"];

    /// <summary>Gets the words for a clause; empty for groups.</summary>
    public async Task<string> ActualAsync(Filter clause, CancellationToken ct) => clause.KindCase switch
    {
        Filter.KindOneofCase.Tag => Tags(await facts.TagsAsync(clause.Tag.TagIds, ct)),
        Filter.KindOneofCase.TagAdded => TagAdded(await facts.TagAddedAsync(clause.TagAdded.TagId, ct)),
        Filter.KindOneofCase.Field => Field(clause.Field.Field),
        Filter.KindOneofCase.Activity => Activity(await facts.ActivityAsync(clause.Activity, ct)),
        Filter.KindOneofCase.Opportunity => Opportunities(await facts.OpportunitiesAsync(ct)),
        Filter.KindOneofCase.Consent => await ConsentAsync(clause.Consent, ct),
        _ => "",
    };

    private static string Tags(IReadOnlyList<(string Name, DateTime? Since)> tags) =>
        tags.Count == 0
            ? "has none of these tags"
            : "has " + string.Join(", ", tags.Select(tag => $"\"{tag.Name}\"{(tag.Since is { } since ? $" since {Time(since)}" : "")}"));

    private static string TagAdded(IReadOnlyList<DateTime> times) =>
        times.Count == 0 ? "never added" : "added " + string.Join(", ", times.Select(Time));

    private string Field(FieldRef reference)
    {
        var field = catalog.Field(reference, ofOpportunity: false);
        var name = field?.Name ?? reference.ToString();
        var value = reference.RefCase == FieldRef.RefOneofCase.Attribute
            ? Property(contact, Column(reference.Attribute))
            : Property(contact.GetProperty("fields"), reference.FieldId.ToString(CultureInfo.InvariantCulture));
        return value is { } json ? $"{name} is {json.GetRawText()}" : $"{name} is empty";
    }

    // The names of attributes are those of the columns but for the two times.
    private static string Column(string attribute) => attribute is "created" or "updated" ? attribute + "_at" : attribute;

    private static JsonElement? Property(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string Activity((long Count, DateTime? Last) activity) => activity.Last is { } last
        ? $"{activity.Count} times in all, last {Time(last)}, {Ago(last)}"
        : "never";

    private static string Opportunities(IReadOnlyList<string> opportunities) =>
        opportunities.Count == 0 ? "no opportunities" : string.Join("; ", opportunities);

    private async Task<string> ConsentAsync(ConsentClause clause, CancellationToken ct)
    {
        var sms = clause.Channel == Channel.Sms;
        if (clause.State == ConsentClause.Types.State.Suppressed)
        {
            var address = Property(contact, sms ? "phone" : "email_key")?.GetString();
            return await facts.IsSuppressedAsync(sms ? 2 : 1, address, ct) ? "suppressed" : "not suppressed";
        }

        return s_consent[contact.GetProperty(sms ? "sms_consent" : "email_consent").GetInt32()];
    }

    private static string Time(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string Ago(DateTime at)
    {
        var age = now.UtcDateTime - at.ToUniversalTime();
        return age.TotalDays >= 1 ? $"{(int)age.TotalDays} days ago" : age.TotalHours >= 1 ? $"{(int)age.TotalHours} hours ago" : "within the hour";
    }
}
