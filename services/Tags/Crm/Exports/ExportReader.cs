using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Tagging.Assignments.Reads;

namespace TagSegments.Tags.Crm.Exports;

/// <summary>Reads contacts with their tags.</summary>
internal sealed class ExportReader(ContactStore contacts, ContactTagsReader tags)
{
    /// <summary>Reads living contacts in order of their numbers; a contact deleted since it matched is left out.</summary>
    public async Task<IEnumerable<ExportRow>> ReadAsync(int accountId, int[] contactIds, bool withTags, CancellationToken ct)
    {
        var rows = await contacts.GetAsync(accountId, contactIds, ct);
        var names = withTags
            ? (await tags.ReadAsync(accountId, contactIds, ct)).ToDictionary(entry => entry.ContactId, entry => entry.Tags.Select(tag => tag.Name))
            : [];
        return rows.Where(row => row.DeletedAt is null).Select(row => new ExportRow(row, names.GetValueOrDefault(row.ContactId, [])));
    }
}
