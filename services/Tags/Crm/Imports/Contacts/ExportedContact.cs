using System.Globalization;
using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Consents;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>The contact of which this product made a row of an export.</summary>
/// <param name="Number">The contact's number in its account.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When it was last changed; null if the file does not say.</param>
internal sealed record ExportedContact(int Number, DateTime CreatedAt, DateTime? UpdatedAt)
{
    // No external id has a control character.
    private const char Mark = '\u0001';

    /// <summary>The key of a row without an external id.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Mark}{Number} {CreatedAt.Ticks}");

    /// <summary>Reads a row of an export; null if it does not say which contact it was.</summary>
    public static ExportedContact? Read(CsvRow row, DateTime? createdAt, ImportColumn? number, ImportColumn? updated, DateTime now)
    {
        if (createdAt is not { } at || !int.TryParse(number?.Read(row), NumberStyles.None, CultureInfo.InvariantCulture, out var contactId))
        {
            return null;
        }

        var isKnown = OptOutText.TryReadTime(updated?.Read(row) ?? "", updated?.Form ?? number!.Form, out var changedAt) && changedAt >= at && changedAt <= now;
        return new(contactId, at, isKnown ? changedAt : null);
    }

    /// <summary>Returns true for a key that is none of a row of an export.</summary>
    public static bool IsOther(string key) => key is not [Mark, ..];

    /// <summary>Says that a file is an export of this product, and what follows from it.</summary>
    public static IEnumerable<ImportNotice> Notices(ImportSettings settings) => !settings.IsOwnExport ? [] :
    [
        new ImportNotice
        {
            Kind = ImportNotice.Types.Kind.ExportKnown,
            Message = "The file is an export of TagSegments. A row without an external id is the contact with its number or e-mail address that was created at the "
                + "same time, otherwise a new one. Name a key, or map contact_id to nothing, to read it like any other file.",
        },
    ];
}
