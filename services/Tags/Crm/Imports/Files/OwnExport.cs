namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>How the exports of all columns that this product writes are known: see Crm/Exports/ExportColumn.cs.</summary>
internal static class OwnExport
{
    private static readonly string[] s_header =
    [
        "contact_id", "external_id", "email", "phone", "first_name", "last_name", "time_zone", "language", "do_not_disturb", "email_consent", "sms_consent",
        "created", "updated", "tags",
    ];

    /// <summary>Returns true for the header of such a CSV file.</summary>
    public static bool IsCsv(IEnumerable<string> headers) => headers.Take(s_header.Length).SequenceEqual(s_header);

    /// <summary>Returns true for the names of such JSON objects, which other programs may have put in another order.</summary>
    public static bool IsJson(ICollection<string> names) => Array.TrueForAll(s_header, names.Contains);
}
