using System.IO.Compression;
using System.Text;
using static TagSegments.Testing.HostileTexts.HostileText;

namespace TagSegments.Testing.HostileTexts;

/// <summary>Files and other bytes: tables that no table should be, bombs, and bytes that are no text.</summary>
internal static class HostileFiles
{
    private const string Head = "id,email,first_name,tags,stage,amount\n";
    private static readonly Lazy<byte[]> s_gzip = new(() => Bomb(stream => new GZipStream(stream, CompressionLevel.Fastest)));
    private static readonly Lazy<byte[]> s_zip = new(Zip);

    public static IReadOnlyList<(string Name, Func<int, Random, byte[]> Make)> All { get; } =
    [
        Text(Numbered("rows", i => $"{i},row-{i}@example.com,Ada,a;b,New,1.5\n", Head)),
        Text(Numbered("wrong rows", i => $"{i},not an address {i},Ada,,Nowhere,x\n", Head)),
        Text(Numbered("rows of one contact", i => $"1,same@example.com,Ada {i},a,,\n", Head)),
        Text(Numbered("columns", i => $"c{i},")),
        Text(Wide("a,", "id,email,", "\n1,a@example.com\n")),
        Text(Wide(",", "", "\n,,,\n")),
        Text(Wide(",\n")),
        Text(Wide("\n")),
        Text(Wide("\r")),
        Text(Wide("\n", Head)),
        Text(Wide("a", "id,\"email,")),
        Text(Wide("a\"", "id,", ",email\n1,a@example.com\n")),
        Text(Wide("a", $"{Head}1,a@example.com,\"")),
        Text(Wide("\"\"", $"{Head}1,a@example.com,\"", "\"\n")),
        Text(Wide("\"", Head)),
        Text(Wide("a", $"{Head}1,a@example.com,", "\n")),
        Text(Numbered("tags in one cell", i => $"tag {i};", $"{Head}1,a@example.com,Ada,\"", "\"\n")),
        Text(Wide("a;", $"{Head}1,a@example.com,Ada,", "\n")),
        Text(Wide("9", $"{Head}1,a@example.com,Ada,,New,", "\n")),
        Text(Wide("=cmd|' /C calc'!A0,", Head)),
        Text(Wide("\0", Head)),
        Text(Wide("\u0301\u0327", $"{Head}1,a@example.com,", "\n")),
        ("no text", (size, random) => Bytes(size, random)),
        ("UTF-16 without an end", (size, _) => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Repeat("a", size / 2)), 0x41]),
        ("bytes that are no UTF-8", (size, _) => [.. Encoding.UTF8.GetBytes($"{Head}1,a@example.com,"), .. Enumerable.Repeat((byte)0xC3, size)]),
        ("gzip bomb", (_, _) => s_gzip.Value),
        ("zip bomb", (_, _) => s_zip.Value),
        ("half a zip", (_, _) => s_zip.Value[..(s_zip.Value.Length / 2)]),
        ("bitmap of the largest counts", (size, _) => [0x3B, 0x30, 0xFF, 0xFF, .. Enumerable.Repeat((byte)0xFF, size)]),
        ("bitmap without an end", (_, _) => [0x3A, 0x30, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F]),
    ];

    /// <summary>A table without anything hostile.</summary>
    public static byte[] Sound { get; } = Encoding.UTF8.GetBytes($"{Head}1,row@example.com,Ada,a;b,New,1.5\n");

    /// <summary>Random bytes.</summary>
    public static byte[] Bytes(int size, Random random)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private static (string Name, Func<int, Random, byte[]> Make) Text(HostileText text) =>
        (text.Name, (size, random) => Encoding.UTF8.GetBytes(text.Make(size, random)));

    // Half a gigabyte of rows in a few megabytes.
    private static byte[] Bomb(Func<Stream, Stream> compress)
    {
        using var packed = new MemoryStream();
        using (var stream = compress(packed))
        {
            var rows = Encoding.UTF8.GetBytes(Head + Repeat("1,a@example.com,Ada,a,New,1\n", 1 << 20));
            for (var i = 0; i < 256; i++)
            {
                stream.Write(rows);
            }
        }

        return packed.ToArray();
    }

    // As a spreadsheet program would name the parts.
    private static byte[] Zip()
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("[Content_Types].xml").Open().Dispose();
            using var sheet = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
            var rows = Encoding.UTF8.GetBytes(Repeat("<row><c><v>1</v></c></row>", 1 << 20));
            for (var i = 0; i < 256; i++)
            {
                sheet.Write(rows);
            }
        }

        return file.ToArray();
    }
}
