using System.Globalization;
using System.Text.Json;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Fields;

namespace TagSegments.Tags.Contacts;

/// <summary>What one commit did to contacts.</summary>
internal sealed record ContactCommit(Position Position)
{
    // Values of tags.tag_change.op.
    private const short BitSet = 1;

    /// <summary>The changes in order.</summary>
    public List<Change> Changes { get; } = [];

    /// <summary>Gives the events of the commit.</summary>
    public IEnumerable<ContactEvent> ToEvents(FieldCatalog fields)
    {
        var restored = Changes
            .Where(change => change.ByContact && change.Kind == (short)ContactChangeKind.Restored)
            .SelectMany(change => change.ContactIds)
            .ToHashSet();
        var number = 0;
        foreach (var change in Changes)
        {
            foreach (var contactId in change.ContactIds)
            {
                if (ToEvent(change, restored.Contains(contactId), fields) is { } happened)
                {
                    happened.EventId = string.Create(CultureInfo.InvariantCulture, $"{Position.Pos}.{number++}");
                    happened.ContactId = contactId;
                    happened.Time = Timestamp.FromDateTime(change.At);
                    happened.Cause = change.Cause;
                    happened.SkipWorkflows = change.SkipWorkflows;
                    yield return happened;
                }
            }
        }
    }

    // Creation, deletion and restoration are told by the living bits; the rows by contact only tell which of the two a set bit is.
    private static ContactEvent? ToEvent(Change change, bool restored, FieldCatalog fields) => change switch
    {
        { ByContact: false, Kind: BitSet } => new()
        {
            Kind = restored ? ContactEvent.Types.Kind.Restored : ContactEvent.Types.Kind.Created,
        },
        { ByContact: false } => new() { Kind = ContactEvent.Types.Kind.Deleted },
        { Kind: (short)ContactChangeKind.Updated or (short)ContactChangeKind.Imported } => new()
        {
            Kind = ContactEvent.Types.Kind.Updated,
            ChangedFields = { ChangedFields(change.BeforeJson, fields) },
        },
        { Kind: (short)ContactChangeKind.ConsentChanged } => new() { Kind = ContactEvent.Types.Kind.ConsentChanged },
        { Kind: (short)ContactChangeKind.OpportunityChanged } => StageChanged(change.BeforeJson),
        _ => null,
    };

    private static IEnumerable<string> ChangedFields(string? beforeJson, FieldCatalog fields)
    {
        using var before = JsonDocument.Parse(beforeJson ?? "{}");
        var names = new List<string>();
        foreach (var property in before.RootElement.EnumerateObject())
        {
            names.AddRange(property.Name == "fields" ? Keys(property.Value, fields) : [property.Name]);
        }

        return names;
    }

    private static IEnumerable<string> Keys(JsonElement values, FieldCatalog fields) => values.EnumerateObject()
        .Select(value => fields.Find(int.Parse(value.Name, CultureInfo.InvariantCulture)))
        .OfType<Field>()
        .Select(field => $"fields.{field.Key}");

    // Other changes of an opportunity are logged for time travel and are no event.
    private static ContactEvent? StageChanged(string? beforeJson)
    {
        using var change = JsonDocument.Parse(beforeJson ?? "{}");
        var stageId = Number(change, "stage_id");
        var previous = Number(change, "previous_stage_id");
        return stageId == previous
            ? null
            : new()
            {
                Kind = ContactEvent.Types.Kind.OpportunityStageChanged,
                OpportunityId = Number(change, "opportunity_id"),
                PipelineId = Number(change, "pipeline_id"),
                StageId = stageId,
                PreviousStageId = previous,
            };
    }

    private static int Number(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0;

    /// <summary>A row of one of the two logs: of one contact's changes, or of living bits.</summary>
    internal sealed record Change(
        bool ByContact, List<int> ContactIds, short Kind, string? BeforeJson, Cause Cause, DateTime At, bool SkipWorkflows);
}
