using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>
/// The contacts that rows are matched with. A dry run writes none, so it remembers the contacts of keys that several rows have from batch to batch.
/// </summary>
internal sealed class ExistingContacts(AccountDatabase database, ImportSettings settings, RowKeys keys)
{
    private readonly Dictionary<string, ContactTarget> _remembered = new(StringComparer.Ordinal);

    /// <summary>Finds the contacts of a batch, by key.</summary>
    public async Task<Dictionary<string, ContactTarget>> FindAsync(IReadOnlyList<ContactDraft> batch, CancellationToken ct)
    {
        var found = new Dictionary<string, ContactTarget>(StringComparer.Ordinal);
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in batch.Select(draft => draft.Key).OfType<string>())
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

        var rows = unknown.Count == 0 ? [] : await ContactBatches.FindAsync(database, settings.Account.Id, [.. unknown], settings.ByEmail, ct);
        foreach (var row in rows)
        {
            found.Add(settings.ByEmail ? row.ToState().EmailKey! : row.ExternalId!, new ContactTarget(row));
        }

        return found;
    }

    /// <summary>Remembers the contacts of a batch for later rows with the same keys.</summary>
    public void Remember(IReadOnlyDictionary<string, ContactTarget> contacts)
    {
        foreach (var (key, target) in contacts.Where(contact => keys.IsRepeated(contact.Key)))
        {
            _remembered[key] = target;
        }
    }
}
