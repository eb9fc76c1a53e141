using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>The values that a request sets on a contact: checked before the contact is read, applied when it is locked.</summary>
internal sealed class ContactEdit
{
    private const string FieldPrefix = "fields.";
    private readonly List<Action<ContactState>> _changes = [];
    private readonly FieldChecks _checks = new();
    private readonly FieldCatalog _catalog;

    private ContactEdit(FieldCatalog catalog) => _catalog = catalog;

    /// <summary>The custom fields whose values are set, as they were when the values were read.</summary>
    public List<Field> Fields { get; } = [];

    /// <summary>Reads an update; throws INVALID_ARGUMENT with everything that is wrong with it.</summary>
    public static ContactEdit Read(Contact contact, FieldMask? mask, FieldCatalog catalog)
    {
        var edit = new ContactEdit(catalog);
        if (mask is null || mask.Paths.Count == 0)
        {
            edit.AddWhatIsSet(contact);
        }
        else
        {
            edit.AddMasked(contact, mask);
        }

        edit._checks.ThrowIfAny();
        return edit;
    }

    /// <summary>Returns the state that the edit makes of <paramref name="state"/>.</summary>
    public ContactState Apply(ContactState state)
    {
        var result = state.Copy();
        _changes.ForEach(change => change(result));
        return result;
    }

    private void AddWhatIsSet(Contact contact)
    {
        foreach (var attribute in ContactAttribute.All.Where(attribute => attribute.Read(contact) is not null))
        {
            AddText(contact, attribute);
        }

        if (contact.DoNotDisturb)
        {
            _changes.Add(state => state.DoNotDisturb = true);
        }

        AddFields(contact);
    }

    private void AddMasked(Contact contact, FieldMask mask)
    {
        for (var i = 0; i < mask.Paths.Count; i++)
        {
            switch (mask.Paths[i])
            {
                case var path when ContactAttribute.Find(path) is { } attribute:
                    AddText(contact, attribute);
                    break;
                case "do_not_disturb":
                    _changes.Add(state => state.DoNotDisturb = contact.DoNotDisturb);
                    break;
                case "fields":
                    _changes.Add(state => state.Fields = WithoutKnown(state.Fields));
                    AddFields(contact);
                    break;
                case var path when path.StartsWith(FieldPrefix, StringComparison.Ordinal):
                    AddField(path[FieldPrefix.Length..], contact.Fields, $"update_mask.paths[{i}]");
                    break;
                default:
                    _checks.Require(false, $"update_mask.paths[{i}]", "is not an attribute that can be changed");
                    break;
            }
        }
    }

    private void AddText(Contact contact, ContactAttribute attribute)
    {
        var text = attribute.Read(contact);
        var problem = text is null ? null : attribute.Problem(text);
        _checks.Require(problem is null, $"contact.{attribute.Name}", problem ?? "");
        _changes.Add(state => state[attribute] = text);
    }

    private void AddFields(Contact contact)
    {
        foreach (var key in contact.Fields?.Fields.Keys ?? [])
        {
            AddField(key, contact.Fields, $"contact.fields.{key}");
        }
    }

    // A field that the mask names and the contact lacks loses its value.
    private void AddField(string key, Struct? fields, string unknownPath)
    {
        var value = fields is not null && fields.Fields.TryGetValue(key, out var given) ? given : Value.ForNull();
        var parsed = new FieldValues();
        FieldStruct.Set(parsed, _catalog, key, value, _checks, _catalog.Find(key) is null ? unknownPath : $"contact.fields.{key}");
        if (_catalog.Find(key) is { } field)
        {
            Fields.Add(field);
            _changes.Add(state => state.Fields[field.FieldId] = parsed[field.FieldId]);
        }
    }

    // Values of deleted fields are not the caller's to remove: the field may be restored.
    private FieldValues WithoutKnown(FieldValues fields)
    {
        var kept = fields.Copy();
        foreach (var (fieldId, _) in fields.All.Where(value => _catalog.Find(value.Key) is not null))
        {
            kept[fieldId] = null;
        }

        return kept;
    }
}
