using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Consents;
using TagSegments.Tags.Crm.Imports.Files;
using Tool = Crm.Contacts.V1.ImportOptions.Types.Tool;

namespace TagSegments.Tags.Crm.Imports.Presets;

/// <summary>Fills the options that a caller left open with what a tool's exports look like.</summary>
internal static class PresetOptions
{
    private const string Consent = "consent.email";
    private const string OptOut = "opt_out.email";
    private const string Email = "email";

    /// <summary>
    /// Returns the options with the preset that they name; the caller's own stay. Throws INVALID_ARGUMENT if the file has neither the tool's id
    /// nor an e-mail address.
    /// </summary>
    public static ImportOptions Apply(ImportOptions options, RowTable table)
    {
        var tool = options.From == Tool.Unspecified && IsOwn(options, table) ? Tool.Tagsegments : options.From;
        if (tool == Tool.Unspecified)
        {
            return options;
        }

        var preset = ImportPreset.Of(tool);
        var filled = options.Clone();
        filled.From = tool;
        MapColumns(preset, filled, [.. table.Headers.Where(header => !IsNamed(options, header))]);
        DescribeCells(preset, filled, table.Headers);
        ChooseKey(preset, filled, table.Headers);
        if (preset.NamesFilesByState)
        {
            ReadState(filled);
        }

        return filled;
    }

    private static bool IsOwn(ImportOptions options, RowTable table) =>
        options is { Kind: not ImportOptions.Types.Kind.Opportunities, ExternalIdColumn: "", MatchEmail: false }
        && !options.Columns.ContainsKey(ColumnMapping.NumberTarget)
        && (table is JsonLines ? OwnExport.IsJson(table.Headers) : OwnExport.IsCsv(table.Headers));

    private static void MapColumns(ImportPreset preset, ImportOptions options, string[] headers)
    {
        foreach (var (target, meant) in preset.Columns)
        {
            foreach (var header in meant.Select(header => ImportPreset.Find(headers, header)).OfType<string>())
            {
                if (target.Length == 0 || !HasTarget(options, target))
                {
                    options.Columns[header] = target;
                }
                else if (FieldChecklist.IsBuiltIn(header, Field.Types.Target.Contact))
                {
                    // A second phone is a field of another name: its own is taken.
                    options.Columns[header] = $"{ImportColumn.FieldPrefix}{header} (imported)";
                }
            }
        }

        foreach (var (meant, separators, prefix) in preset.Tags)
        {
            if (ImportPreset.Find(headers, meant) is { } header)
            {
                options.Tags[header] = new TagsColumn { Separators = { separators }, Prefix = prefix };
            }
        }
    }

    // How cells are written does not depend on where they go.
    private static void DescribeCells(ImportPreset preset, ImportOptions options, string[] headers)
    {
        options.PhonesWithoutPlus.Add(preset.PhonesWithoutPlus.Select(meant => ImportPreset.Find(headers, meant)).OfType<string>().Except(options.PhonesWithoutPlus));
        options.JsonColumns.Add(preset.JsonColumns.Select(meant => ImportPreset.Find(headers, meant)).OfType<string>().Where(header => !IsNamed(options, header)));
        options.ListSeparator = options.ListSeparator.Length > 0 ? options.ListSeparator : preset.ListSeparator;
    }

    private static void ChooseKey(ImportPreset preset, ImportOptions options, string[] headers)
    {
        if (options.ExternalIdColumn.Length > 0 || options.MatchEmail || HasTarget(options, "external_id"))
        {
            return;
        }

        options.ExternalIdColumn = preset.Ids
            .Select(id => ImportPreset.Find(headers.Where(header => !IsNamed(options, header)), id)).OfType<string>().FirstOrDefault() ?? "";
        options.MatchEmail = options.ExternalIdColumn.Length == 0 && !preset.IsOwn;
        if (!options.MatchEmail || HasTarget(options, Email))
        {
            return;
        }

        // Many tools export the names that a user sees, in the user's language.
        if (Array.Find(headers, header => !IsNamed(options, header) && UsualHeaders.Find(header, contacts: true) == Email) is not { } address)
        {
            var known = string.Join(", ", preset.Ids.Concat(preset.Columns.First(column => column.Target == Email).Headers).Select(header => $"\"{header}\""));
            throw RpcErrors.InvalidField("options.from", $"the file has no column that identifies a contact in an export of {preset.Name}: {known}");
        }

        options.Columns[address] = Email;
    }

    // Who is in a file of unsubscribed people is so even where the time is missing.
    private static void ReadState(ImportOptions options)
    {
        var name = PlainText.Of(Path.GetFileNameWithoutExtension(options.FileName));
        var refuses = name.StartsWith("unsubscribed", StringComparison.Ordinal) || name.StartsWith("cleaned", StringComparison.Ordinal)
            || HasTarget(options, OptOut);
        var state = refuses ? "unsubscribed" : name.StartsWith("subscribed", StringComparison.Ordinal) ? "subscribed" : null;
        if (state is not null && !HasTarget(options, Consent))
        {
            options.Constants[Consent] = state;
        }

        // The time at which somebody signed up is not that of the refusal.
        foreach (var (header, _) in refuses ? options.Columns.Where(column => column.Value == $"{Consent}.time").ToArray() : [])
        {
            options.Columns.Remove(header);
        }
    }

    private static bool HasTarget(ImportOptions options, string target) => options.Columns.Values.Contains(target) || options.Constants.ContainsKey(target);

    private static bool IsNamed(ImportOptions options, string header) =>
        options.Columns.ContainsKey(header) || options.Tags.ContainsKey(header) || options.TagsColumns.Contains(header) || options.JsonColumns.Contains(header)
        || options.ExternalIdColumn == header;
}
