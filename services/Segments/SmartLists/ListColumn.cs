using System.Globalization;
using Crm.Segments.V1;
using TagSegments.Filters.Catalog;

namespace TagSegments.Segments.SmartLists;

/// <summary>A column of a smart list: an attribute or field of the contact, a consent, or the tags.</summary>
/// <param name="Key">The stored key: the name of a built-in column, or <c>#17</c> for a custom field, so that renaming one changes no list.</param>
/// <param name="Field">The attribute or field; null for consents and tags, and for a field that does not exist.</param>
internal sealed record ListColumn(string Key, FilterField? Field)
{
    /// <summary>The column of the contact's tags.</summary>
    public const string Tags = "tags";

    /// <summary>The columns of a list that names no columns.</summary>
    public static readonly IReadOnlyList<string> Default = ["email", "first_name", "last_name"];

    private const string FieldPrefix = "fields.";
    private static readonly string[] s_others = ["email_consent", "sms_consent", Tags];

    /// <summary>Whether the column is a custom field that does not exist any more.</summary>
    public bool IsMissing => Key[0] == '#' && Field is null or { IsDeleted: true };

    /// <summary>The name that the column has now.</summary>
    public string Name => Field is null || IsMissing ? Key
        : !Field.IsAttribute && s_others.Contains(Field.Name) ? FieldPrefix + Field.Name
        : Field.Name;

    /// <summary>The number of the custom field; 0 for a built-in column.</summary>
    public int FieldId => Key[0] == '#' ? int.Parse(Key.AsSpan(1), CultureInfo.InvariantCulture) : 0;

    /// <summary>Finds a column by the name that a caller wrote; null if there is none.</summary>
    public static ListColumn? ByName(string name, FilterCatalog catalog)
    {
        if (s_others.Contains(name))
        {
            return new ListColumn(name, null);
        }

        var isPrefixed = name.StartsWith(FieldPrefix, StringComparison.Ordinal);
        var field = (isPrefixed ? catalog.ContactFields.ByName(name[FieldPrefix.Length..]) : null) is { IsAttribute: false } prefixed
            ? prefixed
            : catalog.ContactFields.ByName(name);
        return field is null ? null : new ListColumn(KeyOf(field), field);
    }

    /// <summary>Reads columns that a caller named, as they are kept; throws INVALID_ARGUMENT.</summary>
    public static string[] Keys(IReadOnlyList<string> names, FilterCatalog catalog, string path)
    {
        var keys = names
            .Select((name, i) => ByName(name, catalog) ?? throw ListErrors.UnknownColumn(name, catalog, $"{path}[{i}]"))
            .Select(column => column.Key)
            .ToArray();
        new FieldChecks().Require(keys.Distinct().Count() == keys.Length, path, "names a column twice").ThrowIfAny();
        return keys;
    }

    /// <summary>Gets a column that was kept.</summary>
    public static ListColumn ByKey(string key, FilterCatalog catalog) => new(key, key[0] == '#'
        ? catalog.ContactFields.Find(new FieldRef { FieldId = int.Parse(key.AsSpan(1), CultureInfo.InvariantCulture) })
        : catalog.ContactFields.Find(new FieldRef { Attribute = key }));

    /// <summary>The names that a caller may write.</summary>
    public static IEnumerable<string> Names(FilterCatalog catalog) => catalog.ContactFields.Names.Concat(s_others);

    private static string KeyOf(FilterField field) =>
        field.IsAttribute ? field.Name : string.Create(CultureInfo.InvariantCulture, $"#{field.FieldId}");
}
