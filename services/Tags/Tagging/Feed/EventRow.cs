using System.Data.Common;
using System.Globalization;
using Crm.Common.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Feed;

/// <summary>A row of the change log: the event of one contact, or the events of many contacts of one chunk.</summary>
internal sealed class EventRow
{
    /// <summary>The columns that <see cref="Read"/> expects, of table alias <c>c</c>.</summary>
    public const string Columns = """
        c.pos, c.seq, c.tag_id, c.op, c.contact_id, c.chunk, c.bits, c.at,
            c.cause_kind, c.cause_id, c.cause_detail, c.cause_chain, c.actor, c.skip_workflows
        """;

    private readonly TagEvent _template;
    private readonly List<int> _contactIds;

    private EventRow(long pos, int seq, TagEvent template, List<int> contactIds)
    {
        Pos = pos;
        Seq = seq;
        _template = template;
        _contactIds = contactIds;
    }

    public long Pos { get; }

    public int Seq { get; }

    /// <summary>Counts the contacts above <paramref name="after"/> that it stands for.</summary>
    public int ContactsAfter(int after) => after == 0 ? _contactIds.Count : _contactIds.Count(contactId => contactId > after);

    /// <summary>Reads a row; the events of a row are in the order of the contacts.</summary>
    public static EventRow Read(DbDataReader reader)
    {
        var (pos, seq) = (reader.GetInt64(0), reader.GetInt32(1));
        var contactIds = reader.IsDBNull(4) ? ChunkBits.Contacts(reader.GetInt32(5), reader.ReadBits(6)) : [reader.GetInt32(4)];
        return new(pos, seq, Template(reader, string.Create(CultureInfo.InvariantCulture, $"{pos}.{seq}")), contactIds);
    }

    /// <summary>Returns the events with contacts above <paramref name="after"/>, ascending.</summary>
    public IEnumerable<TagEvent> EventsAfter(int after) => _contactIds.Where(contactId => contactId > after).Select(Event);

    /// <summary>Returns one event for all contacts above <paramref name="after"/>, where there are several.</summary>
    public TagEvent? PackedAfter(int after)
    {
        var contactIds = _contactIds.Where(contactId => contactId > after).ToList();
        if (_contactIds.Count == 1 || contactIds.Count == 0)
        {
            return EventsAfter(after).SingleOrDefault();
        }

        var packed = _template.Clone();
        packed.ContactIds.Add(contactIds);
        return packed;
    }

    /// <summary>Returns the events with contacts below <paramref name="before"/>, descending.</summary>
    public IEnumerable<TagEvent> EventsBefore(long before) => _contactIds.Where(contactId => contactId < before).Reverse().Select(Event);

    /// <summary>Returns the contact's event, if it is one of them.</summary>
    public IEnumerable<TagEvent> EventsOf(int contactId) => _contactIds.Where(id => id == contactId).Select(Event);

    // The contact makes the id of an event unique where one row stands for many.
    private TagEvent Event(int contactId)
    {
        var copy = _template.Clone();
        copy.ContactId = contactId;
        copy.EventId = _contactIds.Count == 1 ? _template.EventId : string.Create(CultureInfo.InvariantCulture, $"{_template.EventId}.{contactId}");
        return copy;
    }

    private static TagEvent Template(DbDataReader reader, string eventId) => new()
    {
        EventId = eventId,
        TagId = reader.GetInt32(2),
        Kind = (TagEvent.Types.Kind)reader.GetInt16(3),
        Time = Timestamp.FromDateTime(reader.GetDateTime(7)),
        Cause = new Cause
        {
            Kind = (Cause.Types.Kind)reader.GetInt16(8),
            Id = Text(reader, 9),
            Detail = Text(reader, 10),
            WorkflowChain = { reader.IsDBNull(11) ? [] : reader.GetFieldValue<string[]>(11) },
        },
        Actor = Text(reader, 12),
        SkipWorkflows = reader.GetBoolean(13),
    };

    private static string Text(DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? "" : reader.GetString(ordinal);
}
