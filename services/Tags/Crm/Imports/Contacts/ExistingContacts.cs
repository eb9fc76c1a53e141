using System.Runtime.CompilerServices;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>
/// The contacts that rows are matched with. Of keys that several rows have it remembers, where the options need it, what was there before the import; and a
/// dry run, which writes none, the contacts themselves.
/// </summary>
internal sealed class ExistingContacts(AccountDatabase database, ImportSettings settings, RowKeys repeated)
{
    private readonly Dictionary<string, ContactTarget> _remembered = new(StringComparer.Ordinal);
    private readonly ExportedContacts _exported = new(database, settings.Account.Id);
    private readonly Dictionary<string, ContactRow?> _originals = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<IReadOnlyList<ContactDraft>, Task<IEnumerable<ContactRow>>> _ahead = [];

    /// <summary>
    /// Finds the contacts of a batch while the one before is written. Not by address: only an external id is sure to be refused the second time, should
    /// another import create the contact meanwhile.
    /// </summary>
    public Task LookAheadAsync(IReadOnlyList<ContactDraft> batch, IReadOnlyList<ContactDraft> before, CancellationToken ct)
    {
        if (settings.DryRun || settings.ByEmail || settings.IsOwnExport)
        {
            return Task.CompletedTask;
        }

        var keys = KeysOf(batch).ToHashSet(StringComparer.Ordinal);
        if (keys.Count == 0 || keys.Overlaps(KeysOf(before)))
        {
            return Task.CompletedTask;
        }

        var rows = ContactBatches.FindAsync(database, settings.Account.Id, [.. keys.Where(ExportedContact.IsOther)], byEmail: false, ct);
        _ahead.Add(batch, rows);
        return rows;
    }

    /// <summary>Finds the contacts of a batch, by key.</summary>
    public async Task<Dictionary<string, ContactTarget>> FindAsync(IReadOnlyList<ContactDraft> batch, CancellationToken ct)
    {
        var found = new Dictionary<string, ContactTarget>(StringComparer.Ordinal);
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in KeysOf(batch))
        {
            if (_remembered.TryGetValue(key, out var target))
            {
                found[key] = target;
            }
            else
            {
                unknown.Add(key);
            }
        }

        string[] keys = [.. unknown.Where(ExportedContact.IsOther)];
        var rows = keys.Length == 0 ? [] : await RowsAsync(batch, keys, ct);
        var exported = await _exported.FindAsync([.. batch.Where(draft => draft.IsExported && unknown.Contains(draft.Key!))], ct);
        foreach (var (key, row) in rows.Select(row => (settings.ByEmail ? row.EmailKey! : row.ExternalId!, row)).Concat(exported))
        {
            found.TryAdd(key, new ContactTarget(row, OriginalOf(key, row)));
        }

        foreach (var key in unknown.Where(key => !found.ContainsKey(key)))
        {
            OriginalOf(key, null);
        }

        return found;
    }

    /// <summary>Remembers the contacts of a batch for later rows with the same keys.</summary>
    public void Remember(IReadOnlyDictionary<string, ContactTarget> contacts)
    {
        foreach (var (key, target) in contacts.Where(contact => repeated.IsRepeated(contact.Key)))
        {
            _remembered[key] = target;
        }
    }

    // A batch that is made again looks again.
    private Task<IEnumerable<ContactRow>> RowsAsync(IReadOnlyList<ContactDraft> batch, string[] keys, CancellationToken ct) =>
        _ahead.TryGetValue(batch, out var rows) && _ahead.Remove(batch)
            ? rows
            : ContactBatches.FindAsync(database, settings.Account.Id, keys, settings.ByEmail, ct);

    private static IEnumerable<string> KeysOf(IEnumerable<ContactDraft> batch) => batch.Select(draft => draft.Key).OfType<string>();

    private ContactRow? OriginalOf(string key, ContactRow? row)
    {
        if (!repeated.IsRepeated(key))
        {
            return row;
        }

        _originals.TryAdd(key, row);
        return _originals[key];
    }
}
