using System.Globalization;
using System.Text.RegularExpressions;
using TagSegments.Tags.Crm.Accounts;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Consents;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Fields;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>Reads rows as contacts.</summary>
internal sealed partial class ContactRows(ImportSettings settings, PlannedFields fields, ConsentReader consents, ImportTags tags, RowKeys keys, TimeProvider time)
{
    private const int FirstYear = 1900;

    private readonly (ImportColumn Column, ContactAttribute Attribute)[] _attributes =
    [
        .. settings.Columns.Where(column => ContactAttribute.Find(column.Target) is not null)
            .Select(column => (column, ContactAttribute.Find(column.Target)!)),
    ];

    private readonly ImportColumn? _key = settings.KeyColumn;
    private readonly ImportColumn? _created = settings.Find(ColumnMapping.CreatedTarget);
    private readonly ImportColumn? _number = settings.Find(ColumnMapping.NumberTarget);
    private readonly ImportColumn? _updated = settings.Find(ColumnMapping.UpdatedTarget);
    private readonly ImportColumn? _fullName = settings.Find(ColumnMapping.FullNameTarget);
    private readonly WrittenAddresses _written = new(settings);
    private readonly ImportColumn? _doNotDisturb = settings.Find(ColumnMapping.DoNotDisturbTarget);

    /// <summary>The custom fields that rows have values of.</summary>
    public PlannedFields Fields => fields;

    /// <summary>Reads a row and reports its errors; null if they leave nothing of it, not even a refusal.</summary>
    public ContactDraft? Read(CsvRow row, RowReport report)
    {
        var state = new ContactState();
        ReadAttributes(row, state, report);
        ReadFullName(row, state, report);
        var hasWeakName = _written.NameOf(row) is { } name && SetName(state, name) is null;
        ReadDoNotDisturb(row, state, report);
        ImportFieldValues.Read(row, fields.ByColumn, state.Fields, report);
        var stated = consents.Read(row, report);
        var names = tags.Read(row, report);
        if (settings.NumbersRows)
        {
            state[ContactAttribute.ExternalId] = row.Number.ToString(CultureInfo.InvariantCulture);
        }
        else if (_key is not null && _key.Read(row) is null && !settings.IsOwnExport)
        {
            report.Refuse(_key.Header, "is empty, but rows are matched by it");
        }

        var createdAt = ReadCreated(row, report);
        var exported = settings.IsOwnExport ? ExportedContact.Read(row, createdAt, _number, _updated, time.GetUtcNow().UtcDateTime) : null;
        var key = settings.ByEmail ? state.EmailKey : state[ContactAttribute.ExternalId] ?? exported?.Key;
        var draft = new ContactDraft
        {
            Line = row.Line,
            Key = key,
            IsBad = report.IsRefused,
            IsLater = settings.KeepsFirst && key is not null && !keys.IsFirst(key),
            HasWeakName = hasWeakName,
            CreatedAt = createdAt,
            Exported = exported,
            Values = state,
            SetsDoNotDisturb = _doNotDisturb?.Read(row) is not null,
            Consents = stated,
            Tags = names,
        };
        return draft.IsBad && (key is null || !draft.Refuses) ? null : draft;
    }

    // Not worth a contact.
    private DateTime? ReadCreated(CsvRow row, RowReport report)
    {
        if (_created?.Read(row) is not { } text)
        {
            return null;
        }

        if (OptOutText.TryReadTime(text, _created.Form, out var utc) && utc <= time.GetUtcNow().UtcDateTime && utc.Year >= FirstYear)
        {
            return utc;
        }

        report.Drop(_created.Header, $"is no past date or date-time from {FirstYear} on", text);
        return null;
    }

    private void ReadAttributes(CsvRow row, ContactState state, RowReport report)
    {
        foreach (var (column, attribute) in _attributes)
        {
            if (column.Read(row) is not { } text)
            {
                continue;
            }

            var value = attribute == ContactAttribute.TimeZone ? TimeZones.Find(text) ?? text : text;
            if (attribute == ContactAttribute.Phone && Shortened().IsMatch(text))
            {
                report.Drop(column.Header, "was shortened by a spreadsheet: its last digits are lost", text);
                continue;
            }

            if (attribute.Problem(value) is not { } problem)
            {
                state[attribute] = value;
            }
            else if (column == _key)
            {
                report.Refuse(column.Header, problem, text);
            }
            else if (attribute == ContactAttribute.TimeZone || attribute == ContactAttribute.Language)
            {
                report.Drop(column.Header, problem, text);
            }
            else
            {
                report.BadValue(column.Header, problem, text);
            }
        }
    }

    // The columns of its parts come first.
    private void ReadFullName(CsvRow row, ContactState state, RowReport report)
    {
        if (_fullName?.Read(row) is { } text && SetName(state, text) is { } problem)
        {
            report.BadValue(_fullName.Header, problem, text);
        }
    }

    private static string? SetName(ContactState state, string text)
    {
        var names = text.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var (attribute, name) in new[] { ContactAttribute.FirstName, ContactAttribute.LastName }.Zip(names))
        {
            if (attribute.Problem(name) is { } problem)
            {
                return problem;
            }

            state[attribute] ??= name;
        }

        return null;
    }

    private void ReadDoNotDisturb(CsvRow row, ContactState state, RowReport report)
    {
        if (_doNotDisturb?.Read(row) is not { } text)
        {
            return;
        }

        // What it says of single channels is consent.
        if (BooleanText.TryParse(text, out var value) || OptOutText.IsNothing(text))
        {
            state.DoNotDisturb = value;
        }
        else if (ChannelList.TryRead(text, out var channels))
        {
            state.DoNotDisturb = channels.IsAll;
        }
        else
        {
            report.Refuse(_doNotDisturb.Header, "must be true or false, or a list of channels", text);
        }
    }

    // 4.36601E+11
    [GeneratedRegex(@"\A[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}\z", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Shortened();
}
