using Crm.Contacts.V1;
using Google.Protobuf.Collections;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>The names of columns in the options of an import: they may be written in any case, and with other white space.</summary>
internal static class HeaderNames
{
    /// <summary>Lists the names that the options have.</summary>
    public static IEnumerable<string> All(ImportOptions options) =>
    [
        options.ExternalIdColumn, options.ContactColumn, options.StageColumn, options.AmountColumn, options.OpenedColumn, options.ClosedColumn, .. options.TagsColumns,
        .. options.JsonColumns, .. options.PhonesWithoutPlus, .. options.Columns.Keys, .. options.Types_.Keys, .. options.Tags.Keys, .. options.DateFormats.Keys,
        .. options.NumberFormats.Keys, .. options.Missing.Keys,
    ];

    /// <summary>Returns the options with the names as the file writes them. A name that fits no column or several stays as it is.</summary>
    public static ImportOptions Resolve(ImportOptions options, string[] headers)
    {
        if (All(options).All(name => name.Length == 0 || headers.Contains(name)))
        {
            return options;
        }

        var loose = headers.GroupBy(Loose).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var resolved = options.Clone();
        resolved.ExternalIdColumn = Find(options.ExternalIdColumn);
        resolved.ContactColumn = Find(options.ContactColumn);
        resolved.StageColumn = Find(options.StageColumn);
        resolved.AmountColumn = Find(options.AmountColumn);
        resolved.OpenedColumn = Find(options.OpenedColumn);
        resolved.ClosedColumn = Find(options.ClosedColumn);
        Rename(resolved.TagsColumns, Find);
        Rename(resolved.JsonColumns, Find);
        Rename(resolved.PhonesWithoutPlus, Find);
        Rename(resolved.Columns, Find);
        Rename(resolved.Types_, Find);
        Rename(resolved.Tags, Find);
        Rename(resolved.DateFormats, Find);
        Rename(resolved.NumberFormats, Find);
        Rename(resolved.Missing, Find);
        return resolved;

        string Find(string name) => headers.Contains(name) ? name : loose.GetValueOrDefault(Loose(name), name);
    }

    /// <summary>Returns the form in which names are compared: in one case, and with single blanks.</summary>
    public static string Loose(string name) => string.Join(' ', name.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();

    private static void Rename(RepeatedField<string> names, Func<string, string> find)
    {
        for (var i = 0; i < names.Count; i++)
        {
            names[i] = find(names[i]);
        }
    }

    // A name that the file has, too, keeps its own value.
    private static void Rename<T>(MapField<string, T> byName, Func<string, string> find)
    {
        foreach (var (name, value) in byName.ToArray())
        {
            if (find(name) is var found && found != name && !byName.ContainsKey(found))
            {
                byName.Remove(name);
                byName.Add(found, value);
            }
        }
    }
}
