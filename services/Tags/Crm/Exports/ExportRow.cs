using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>A contact that is exported, with the names of its tags.</summary>
internal sealed class ExportRow(ContactRow contact, IEnumerable<string> tags)
{
    /// <summary>The row in the database.</summary>
    public ContactRow Contact { get; } = contact;

    /// <summary>The values that callers can set.</summary>
    public ContactState State { get; } = contact.ToState();

    /// <summary>The names of the tags, in order.</summary>
    public IEnumerable<string> Tags { get; } = tags;
}
