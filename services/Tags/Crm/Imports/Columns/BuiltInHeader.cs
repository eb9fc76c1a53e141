using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Fields;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;

namespace TagSegments.Tags.Crm.Imports.Columns;

/// <summary>Headers that are names of built-in attributes. A custom field of that name would hide the attribute from filters.</summary>
internal static class BuiltInHeader
{
    /// <summary>Finds the target of a header that means no attribute which can be set, and what to say about it; null for an ordinary custom field.</summary>
    public static ImportNotice? Notice(string header, Field.Types.Target kind, out string target)
    {
        target = ImportColumn.FieldPrefix + header;
        if (!FieldChecklist.IsBuiltIn(FieldChecklist.Loose(header), kind))
        {
            return null;
        }

        if (FieldChecklist.IsBuiltIn(header, kind))
        {
            target = "";
            return Make(header, Kind.ColumnSkipped, "is the name of a built-in attribute that the file cannot set here, so its values were left out");
        }

        var key = $"{header} (imported)";
        target = ImportColumn.FieldPrefix + key;
        return Make(header, Kind.ColumnRenamed, $"is the name of a built-in attribute that the file cannot set here, so its values go to the custom field \"{key}\"");
    }

    private static ImportNotice Make(string header, Kind kind, string what) => new()
    {
        Kind = kind,
        Column = header,
        Message = $"\"{header}\" {what}. Map the column to fields.KEY to name the field yourself, or to nothing to leave it out.",
    };
}
