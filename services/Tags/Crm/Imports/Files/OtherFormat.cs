using System.Text;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>Files that people take for tables of text, and that are something else: told by their first bytes.</summary>
internal static class OtherFormat
{
    private const int LookedAt = 4_096;
    private const int TarMark = 257;
    private const string SaveAs = "save the sheet as \"CSV UTF-8\" and import that file";
    private const string Unpack = "unpack it and import the files in it";

    private static readonly (byte[] Start, string What)[] s_starts =
    [
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], $"an old workbook of Excel (.xls): {SaveAs}"),
        ([0x1F, 0x8B], "compressed with gzip (.gz): unpack it first; the command line reads it as it is"),
        ("BZh"u8.ToArray(), $"compressed with bzip2: {Unpack}"),
        ([0xFD, .. "7zXZ"u8], $"compressed with xz: {Unpack}"),
        ([0x28, 0xB5, 0x2F, 0xFD], $"compressed with zstd: {Unpack}"),
        ([.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], $"a 7-Zip archive: {Unpack}"),
        ("Rar!"u8.ToArray(), $"a RAR archive: {Unpack}"),
        ("%PDF-"u8.ToArray(), "a PDF, which has no table to be read: export CSV from where it was made"),
        ("PAR1"u8.ToArray(), "a Parquet file: export it as CSV or JSON lines"),
        ("SQLite format 3"u8.ToArray(), "an SQLite database: export a table of it as CSV"),
        ([0x89, .. "PNG"u8], "a picture: export CSV"),
        ([0xFF, 0xD8, 0xFF], "a picture: export CSV"),
        ("{\\rtf"u8.ToArray(), $"a text document (.rtf): {SaveAs}"),
    ];

    private static readonly (string Start, string What)[] s_texts =
    [
        ("<!doctype html", $"a web page, as some tools write \".xls\": open it in a spreadsheet and {SaveAs}"),
        ("<html", $"a web page, as some tools write \".xls\": open it in a spreadsheet and {SaveAs}"),
        ("<table", $"a web page, as some tools write \".xls\": open it in a spreadsheet and {SaveAs}"),
        ("<?xml", $"XML: export CSV or JSON, or open it in a spreadsheet and {SaveAs}"),
        ("begin:vcard", "an address book of vCards (.vcf): export it as CSV"),
    ];

    // Workbooks and documents are archives; the names of their parts tell.
    private static readonly (string Part, string What)[] s_archives =
    [
        ("opendocument.spreadsheet", $"a workbook of LibreOffice (.ods): {SaveAs}"),
        ("opendocument", $"a document of LibreOffice: {SaveAs}"),
        ("word/", $"a document of Word: {SaveAs}"),
        ("Index/", $"a workbook of Numbers: export it as CSV with UTF-8 and import that file"),
        ("xl/", $"a workbook of Excel (.xlsx): {SaveAs}"),
        ("[Content_Types].xml", $"a workbook of Excel (.xlsx): {SaveAs}"),
    ];

    /// <summary>Throws INVALID_ARGUMENT if a file is none of text, with what it is and what to do.</summary>
    public static void Refuse(UploadedFile file)
    {
        var buffer = new byte[LookedAt];
        var read = file.Rewind().ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (Find(buffer.AsSpan(0, read)) is { } what)
        {
            throw RpcErrors.InvalidField("data", $"the file is {what}");
        }
    }

    private static string? Find(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8))
        {
            var names = Encoding.Latin1.GetString(start);
            return s_archives.FirstOrDefault(archive => names.Contains(archive.Part, StringComparison.Ordinal)).What
                ?? $"a ZIP archive: {Unpack}; the command line reads it as it is";
        }

        if (start.Length > TarMark && start[TarMark..].StartsWith("ustar"u8))
        {
            return $"a tar archive: {Unpack}";
        }

        foreach (var (mark, what) in s_starts)
        {
            if (start.StartsWith(mark))
            {
                return what;
            }
        }

        var text = Encoding.UTF8.GetString(start).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        return s_texts.FirstOrDefault(one => text.StartsWith(one.Start, StringComparison.OrdinalIgnoreCase)).What;
    }
}
