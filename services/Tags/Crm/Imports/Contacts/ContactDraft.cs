using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Imports.Consents;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>A row that is to become a contact or to change one.</summary>
internal sealed class ContactDraft
{
    /// <summary>The line of the file on which the row starts.</summary>
    public required long Line { get; init; }

    /// <summary>The key of the contact; null creates one.</summary>
    public string? Key { get; init; }

    /// <summary>The values in the row; attributes without a value stay unchanged.</summary>
    public required ContactState Values { get; init; }

    /// <summary>True if an earlier row with the same key counts instead.</summary>
    public bool IsLater { get; init; }

    /// <summary>True if the row has an error: only its refusal counts, for a contact that there is.</summary>
    public bool IsBad { get; init; }

    /// <summary>The contact of which this product made the row; null if the file is another one.</summary>
    public ExportedContact? Exported { get; init; }

    /// <summary>True if the row is matched by <see cref="Exported"/>, because it has no external id.</summary>
    public bool IsExported => Exported is not null && Key == Exported.Key;

    /// <summary>True if the names stood beside the address only: a contact that has a name keeps it.</summary>
    public bool HasWeakName { get; init; }

    /// <summary>When the contact was created; null if the row does not say.</summary>
    public DateTime? CreatedAt { get; init; }

    /// <summary>True if the row has a value for do-not-disturb.</summary>
    public bool SetsDoNotDisturb { get; init; }

    /// <summary>What the row says of the contact's consent.</summary>
    public required StatedConsent[] Consents { get; init; }

    /// <summary>True if the row refuses messages.</summary>
    public bool Refuses => Values.DoNotDisturb || Consents.Any(consent => consent.Refuses);

    /// <summary>The tags to add, by name.</summary>
    public required string[] Tags { get; init; }

    /// <summary>Returns what is left of a row that is bad or left out: that the contact refuses messages.</summary>
    public ContactDraft RefusalsOnly() => new()
    {
        Line = Line,
        Key = Key,
        Values = new ContactState { DoNotDisturb = Values.DoNotDisturb },
        SetsDoNotDisturb = Values.DoNotDisturb,
        Consents = [.. Consents.Where(consent => consent.Refuses)],
        Tags = [],
    };

    /// <summary>
    /// Returns the contact with the values of the row; a missing value removes nothing, and nothing replaces what <paramref name="kept"/> has.
    /// </summary>
    public ContactState Apply(ContactState state, ContactState? kept)
    {
        var result = state.Copy();
        foreach (var attribute in ContactAttribute.All.Where(attribute => kept?[attribute] is null && !(HasWeakName && KeepsName(state, attribute))))
        {
            result[attribute] = Values[attribute] ?? state[attribute];
        }

        result.DoNotDisturb = !SetsDoNotDisturb ? state.DoNotDisturb : Values.DoNotDisturb || (kept is not null && state.DoNotDisturb);
        foreach (var (fieldId, value) in Values.Fields.All.Where(field => kept?.Fields[field.Key] is null))
        {
            result.Fields[fieldId] = value;
        }

        return result;
    }

    private static bool KeepsName(ContactState state, ContactAttribute attribute) =>
        (attribute == ContactAttribute.FirstName || attribute == ContactAttribute.LastName)
        && (state[ContactAttribute.FirstName] ?? state[ContactAttribute.LastName]) is not null;
}
