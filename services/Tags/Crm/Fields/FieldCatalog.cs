using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>The custom fields of an account's contacts or opportunities, by key and by number.</summary>
internal sealed class FieldCatalog(IReadOnlyList<Field> fields)
{
    private readonly Dictionary<string, Field> _byKey = fields.ToDictionary(field => field.Key, StringComparer.Ordinal);
    private readonly Dictionary<int, Field> _byId = fields.ToDictionary(field => field.FieldId);

    /// <summary>Finds a field by its key.</summary>
    public Field? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Finds a field by its number; null also for a deleted field, whose values are kept but not shown.</summary>
    public Field? Find(int fieldId) => _byId.GetValueOrDefault(fieldId);
}
