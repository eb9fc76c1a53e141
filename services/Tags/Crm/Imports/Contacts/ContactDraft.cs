using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>A row that is to become a contact or to change one.</summary>
internal sealed class ContactDraft
{
    /// <summary>What identifies the contact; null creates one.</summary>
    public string? Key { get; init; }

    /// <summary>The values in the row; what has none stays as it is.</summary>
    public required ContactState Values { get; init; }

    /// <summary>Whether the row says anything about do-not-disturb.</summary>
    public bool SetsDoNotDisturb { get; init; }

    /// <summary>The tags to add, by name.</summary>
    public required string[] Tags { get; init; }

    /// <summary>Gives what the row makes of a contact: a missing value removes nothing.</summary>
    public ContactState Apply(ContactState state)
    {
        var result = state.Copy();
        foreach (var attribute in ContactAttribute.All)
        {
            result[attribute] = Values[attribute] ?? state[attribute];
        }

        result.DoNotDisturb = SetsDoNotDisturb ? Values.DoNotDisturb : state.DoNotDisturb;
        foreach (var (fieldId, value) in Values.Fields.All)
        {
            result.Fields[fieldId] = value;
        }

        return result;
    }
}
