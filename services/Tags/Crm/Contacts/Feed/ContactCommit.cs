using System.Globalization;
using System.Text.Json;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts.Feed;

/// <summary>The contact changes of one commit.</summary>
internal sealed record ContactCommit(ClockPosition Position)
{
    /// <summary>The changes in order.</summary>
    public List<Change> Changes { get; } = [];

    /// <summary>Returns the events of the commit.</summary>
    public IEnumerable<ContactEvent> ToEvents(FieldCatalog fields) => Changes
        .SelectMany(change => change.ContactIds.Select(contactId => change.ToEvent(Position.Pos, contactId, fields)))
        .OfType<ContactEvent>();

    /// <summary>A row of one of the two logs: of living bits, possibly of many contacts, or of one contact's changes.</summary>
    /// <param name="Seq">The place in the commit.</param>
    /// <param name="ByContact">Whether it is of one contact's changes.</param>
    /// <param name="ContactIds">The contacts.</param>
    /// <param name="Kind">A <see cref="ContactChangeKind"/>; of living bits also: created, deleted or restored.</param>
    /// <param name="BeforeJson">The values before.</param>
    /// <param name="Cause">Why.</param>
    /// <param name="At">When.</param>
    /// <param name="SkipWorkflows">Whether workflows were asked not to react to it.</param>
    internal sealed record Change(
        int Seq, bool ByContact, List<int> ContactIds, ContactChangeKind Kind, string? BeforeJson, Cause Cause, DateTime At,
        bool SkipWorkflows)
    {
        // Columns that callers do not set: they follow from others.
        private static readonly string[] s_derived = ["email_key", "phone_key", "updated_at"];

        /// <summary>Returns the event of one contact; null if the row has nothing new.</summary>
        public ContactEvent? ToEvent(long pos, int contactId, FieldCatalog fields)
        {
            if (ToEvent(fields) is not { } happened)
            {
                return null;
            }

            happened.EventId = ContactIds.Count == 1
                ? string.Create(CultureInfo.InvariantCulture, $"{pos}.{Seq}")
                : string.Create(CultureInfo.InvariantCulture, $"{pos}.{Seq}.{contactId}");
            happened.ContactId = contactId;
            happened.Time = Timestamp.FromDateTime(At);
            happened.Cause = Cause;
            happened.SkipWorkflows = SkipWorkflows;
            return happened;
        }

        // Creation, deletion and restoration are read from the living bits, because bulk writes have no rows per contact for them.
        private ContactEvent? ToEvent(FieldCatalog fields) => (ByContact, Kind) switch
        {
            (false, ContactChangeKind.Created) => new() { Kind = ContactEvent.Types.Kind.Created },
            (false, ContactChangeKind.Deleted) => new() { Kind = ContactEvent.Types.Kind.Deleted },
            (false, _) => new() { Kind = ContactEvent.Types.Kind.Restored },
            (true, ContactChangeKind.Updated or ContactChangeKind.Imported) => new()
            {
                Kind = ContactEvent.Types.Kind.Updated,
                ChangedFields = { ChangedFields(fields) },
            },
            (true, ContactChangeKind.ConsentChanged) => new() { Kind = ContactEvent.Types.Kind.ConsentChanged },
            (true, ContactChangeKind.OpportunityChanged) => StageChanged(),
            _ => null,
        };

        private List<string> ChangedFields(FieldCatalog fields)
        {
            using var before = JsonDocument.Parse(BeforeJson ?? "{}");
            var names = new List<string>();
            foreach (var property in before.RootElement.EnumerateObject().Where(property => !s_derived.Contains(property.Name)))
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
        private ContactEvent? StageChanged()
        {
            using var change = JsonDocument.Parse(BeforeJson ?? "{}");
            var (stageId, previous) = (Number(change, "stage_id"), Number(change, "previous_stage_id"));
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
    }
}
