using System.IO.Compression;
using System.Text;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Files that are no CSV, and JSON of other forms than lines: faults 8 and 9 of the files that a fresh reader tried.</summary>
public sealed class OtherFormatTests(SharedApps shared) : IClassFixture<SharedApps>
{
    public static TheoryData<byte[], string> Others => new()
    {
        { Zip("[Content_Types].xml", "xl/workbook.xml"), ".xlsx" },
        { Zip("_rels/.rels", "xl/workbook.xml"), ".xlsx" },
        { Zip("[Content_Types].xml", "word/document.xml"), "Word" },
        { [.. Zip("mimetype"), .. "mimetypeapplication/vnd.oasis.opendocument.spreadsheet"u8], ".ods" },
        { Zip("Index/Document.iwa"), "Numbers" },
        { Zip("contacts.csv"), "ZIP" },
        { [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], ".xls" },
        { [0x1F, 0x8B, 8, 0, 0], "gzip" },
        { [.. "%PDF-1.7\n"u8], "PDF" },
        { [.. "<html><table><tr><td>email</td></tr></table>"u8], "web page" },
        { [0xEF, 0xBB, 0xBF, .. "<?xml version=\"1.0\"?>"u8], "XML" },
        { [.. "BEGIN:VCARD\nVERSION:3.0\n"u8], "vCard" },
        { [.. "SQLite format 3\0"u8], "SQLite" },
        { [.. new byte[257], .. "ustar"u8], "tar" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task A_file_that_is_no_text_is_named_with_what_to_do(byte[] file, string name)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new(), file));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "data");
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Matches("save|unpack|export", error.Message);
        Assert.Equal(0, await account.PositionAsync());
    }

    [Theory]
    [InlineData("""[{"email":"a@example.org","address":{"city":"Graz"}},{"email":"b@example.org","vip":true}]""")]
    [InlineData("\uFEFF [ {\"email\" : \"a@example.org\", \"address\":{\"city\":\"Graz\"}} ,\n {\"email\":\"b@example.org\",\n\"vip\":true} ]\n")]
    [InlineData("""
        [
          {
            "email": "a@example.org",
            "address": { "city": "Graz" }
          },
          {
            "email": "b@example.org",
            "vip": true
          }
        ]
        """)]
    [InlineData("""
        {
          "email": "a@example.org",
          "address": { "city": "Graz" }
        }
        {
          "email": "b@example.org",
          "vip": true
        }
        """)]
    public async Task An_array_of_objects_is_read_like_lines(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { MatchEmail = true }, file);

        Assert.Empty(result.Errors);
        Assert.Equal([("address.city", Type.Text), ("vip", Type.Boolean)], result.Summary.FieldsCreated.Select(field => (field.Key, field.Type)));
        Assert.Equal(("a@example.org", "Graz"), ((await account.GetContactAsync(1)).Email, (await account.GetContactAsync(1)).Fields.Fields["address.city"].StringValue));
        Assert.True((await account.GetContactAsync(2)).Fields.Fields["vip"].BoolValue);
    }

    [Fact]
    public async Task Bad_items_of_an_array_are_bad_rows_with_their_lines()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        const string file = """
            [
            {"email":"a@example.org","note":"}],[{\"\\"},
            7,
            "b@example.org",
            {"email":"c@example.org"},
            {"email":"d@example.org", oops},
            {"email":"e@example.org"
            """;

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);

        Assert.Equal([3L, 4L, 6L, 7L], result.Errors.Select(error => error.Line));
        Assert.Equal((2, "}],[{\"\\"), (result.Summary.Created, (await account.GetContactAsync(1)).Fields.Fields["note"].StringValue));
    }

    [Fact]
    public async Task A_large_array_in_one_line_is_read_one_object_at_a_time()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var note = new string('x', 60_000);
        var file = $"[{string.Join(',', Enumerable.Range(0, 100).Select(i => $"{{\"email\":\"c{i}@example.org\",\"note\":\"{note}\"}}"))}]";

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);

        Assert.Equal((100, 0), (result.Summary.Created, result.Summary.Failed));
    }

    [Theory]
    [InlineData("""{"contacts":[{"email":"a@example.org"},{"email":"b@example.org"}],"total":2}""")]
    [InlineData("{\n\"data\": {\n\"people\": [ {\"email\":\"a@example.org\"} ]\n}\n}\n")]
    public async Task An_object_around_the_records_is_refused_with_the_cure(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new(), file));

        error.Is(StatusCode.InvalidArgument, ErrorReason.ImportLine);
        Assert.Contains("jq", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shift_jis", "太郎,東京\n")]
    [InlineData("shift_jis", "田中\n")]
    [InlineData("gb18030", "张三,北京\n")]
    [InlineData("gb18030", "李四\n")]
    [InlineData("euc-kr", "김철수,서울\n")]
    [InlineData("big5", "陳大文,台北\n")]
    public async Task A_short_file_whose_encoding_nothing_tells_is_not_guessed_wrong(string encoding, string row)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        byte[] file = FileEncoding.Find(encoding)!.GetBytes($"first name,city\n{row}");

        try
        {
            var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);
            Assert.Equal(row.Split(',')[0].Trim(), (await account.GetContactAsync(1)).FirstName);
            Assert.Single(result.Summary.Notices);
        }
        catch (RpcException e)
        {
            Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
            Assert.Contains(encoding, e.Status.Detail, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("Jürgen,Köln")]
    [InlineData("Zoé,Orléans")]
    [InlineData("Ærø,Tromsø")]
    [InlineData("“quoted”,naïve – yes…")]
    [InlineData("Hélène,Paris")]
    [InlineData("It’s me,Hélène’s")]
    public async Task A_short_Western_file_is_still_read(string row)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        byte[] file = FileEncoding.Find("windows-1252")!.GetBytes($"first name,city\n{row}\n");

        await Importer.RunAsync(account.Apps, account.Name, new(), file);

        Assert.Equal(row.Split(',')[0], (await account.GetContactAsync(1)).FirstName);
    }

    private static byte[] Zip(params string[] names)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open(), Encoding.ASCII);
                writer.Write("<x/>");
            }
        }

        return file.ToArray();
    }
}
