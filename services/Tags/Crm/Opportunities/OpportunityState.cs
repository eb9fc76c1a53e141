using System.Globalization;
using System.Text;
using TagSegments.Tags.Crm.Fields;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>The values that callers can set on an opportunity, in the form of the database; null for no value.</summary>
internal sealed record OpportunityState
{
    public string? ExternalId { get; init; }
    public int? ContactId { get; init; }
    public string? Name { get; init; }
    public int PipelineId { get; init; }
    public int StageId { get; init; }
    public Status Status { get; init; } = Status.Open;

    /// <summary>The amount in the shortest decimal form.</summary>
    public string? Amount { get; init; }
    public string? OpenedOn { get; init; }
    public string? ClosedOn { get; init; }
    public FieldValues Fields { get; init; } = new();

    /// <summary>Since when it is in its stage; null for one that does not exist yet.</summary>
    public DateTime? StageSince { get; init; }

    /// <summary>
    /// Lists, as JSON by column name, the values here that differ in <paramref name="after"/>, and the values derived from them.
    /// </summary>
    public Dictionary<string, string> Differences(OpportunityState after)
    {
        var before = new Dictionary<string, string>();
        Compare("external_id", ExternalId, after.ExternalId);
        Compare("contact_id", ContactId, after.ContactId);
        Compare("name", Name, after.Name);
        Compare("pipeline_id", PipelineId, after.PipelineId);
        Compare("stage_id", StageId, after.StageId);
        Compare("status", (int)Status, (int)after.Status);
        Compare("amount", Amount, after.Amount);
        Compare("opened_on", OpenedOn, after.OpenedOn);
        Compare("closed_on", ClosedOn, after.ClosedOn);
        var fields = string.Join(',', Fields.Differences(after.Fields).Select(id => $"\"{Number(id)}\":{Fields[id] ?? "null"}"));
        if (fields.Length > 0)
        {
            before.Add("fields", $"{{{fields}}}");
        }

        if (StageId != after.StageId && StageSince is { } since)
        {
            before.Add("stage_since", FieldJson.Text(Dates.ToText(since)));
        }

        return before;

        void Compare<T>(string column, T mine, T other)
        {
            if (!EqualityComparer<T>.Default.Equals(mine, other))
            {
                before.Add(column, ToJson(mine));
            }
        }
    }

    /// <summary>
    /// Returns what the change log keeps of a change: where the opportunity is now and was before, and the values before of all that changed;
    /// those are null for a new one.
    /// </summary>
    public string ChangeJson(int opportunityId, OpportunityState? before)
    {
        var json = new StringBuilder("{");
        json.Append(CultureInfo.InvariantCulture, $"\"opportunity_id\":{opportunityId},\"pipeline_id\":{PipelineId},\"stage_id\":{StageId},");
        json.Append(CultureInfo.InvariantCulture, $"\"previous_stage_id\":{ToJson(before?.StageId)},\"before\":");
        return json.Append(before?.BeforeJson(this) ?? "null").Append('}').ToString();
    }

    /// <summary>Returns the differences as one JSON object.</summary>
    public string BeforeJson(OpportunityState after) =>
        $"{{{string.Join(',', Differences(after).Select(value => $"\"{value.Key}\":{value.Value}"))}}}";

    private static string ToJson<T>(T value) => value switch
    {
        null => "null",
        string text => FieldJson.Text(text),
        int number => Number(number),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
