using System.Globalization;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Consents;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Fields;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>Reads rows as contacts.</summary>
internal sealed class ContactRows(ImportSettings settings, IReadOnlyDictionary<ImportColumn, Field> fields, ConsentReader consents, ImportTags tags)
{
    private const string DoNotDisturbTarget = "do_not_disturb";

    private readonly (ImportColumn Column, ContactAttribute Attribute)[] _attributes =
    [
        .. settings.Columns.Where(column => ContactAttribute.Find(column.Target) is not null)
            .Select(column => (column, ContactAttribute.Find(column.Target)!)),
    ];

    private readonly ImportColumn? _key = settings.Find("external_id") ?? (settings.MatchEmail ? settings.Find("email") : null);
    private readonly ImportColumn? _doNotDisturb = settings.Find(DoNotDisturbTarget);

    /// <summary>True if rows are matched by e-mail address.</summary>
    public bool ByEmail { get; } = settings.MatchEmail && settings.Find("external_id") is null;

    /// <summary>Reads a row; null if it has errors, which it reports.</summary>
    public ContactDraft? Read(CsvRow row, Action<string, string> report)
    {
        var state = new ContactState();
        var ok = ReadAttributes(row, state, report);
        ok &= ReadDoNotDisturb(row, state, report);
        ok &= ReadFields(row, state, report);
        ok &= consents.TryRead(row, report, out var stated);
        ok &= tags.TryRead(row, report, out var names);
        if (settings.NumbersRows)
        {
            state[ContactAttribute.ExternalId] = row.Number.ToString(CultureInfo.InvariantCulture);
        }
        else if (_key is not null && _key.Read(row) is null)
        {
            report(_key.Header, "is empty, but rows are matched by it");
            return null;
        }

        return !ok ? null : new ContactDraft
        {
            Key = ByEmail ? state.EmailKey : state[ContactAttribute.ExternalId],
            Values = state,
            SetsDoNotDisturb = _doNotDisturb?.Read(row) is not null,
            Consents = stated,
            Tags = names,
        };
    }

    private bool ReadAttributes(CsvRow row, ContactState state, Action<string, string> report)
    {
        var ok = true;
        foreach (var (column, attribute) in _attributes)
        {
            var text = column.Read(row);
            var problem = text is null ? null : attribute.Problem(text);
            if (problem is not null)
            {
                report(column.Header, problem);
                ok = false;
            }

            state[attribute] = text;
        }

        return ok;
    }

    private bool ReadDoNotDisturb(CsvRow row, ContactState state, Action<string, string> report)
    {
        if (_doNotDisturb?.Read(row) is not { } text)
        {
            return true;
        }

        if (!BooleanText.TryParse(text, out var value))
        {
            report(_doNotDisturb.Header, "must be true or false");
            return false;
        }

        state.DoNotDisturb = value;
        return true;
    }

    private bool ReadFields(CsvRow row, ContactState state, Action<string, string> report) =>
        ImportFieldValues.Read(row, fields, settings.Form, state.Fields, report);
}
