using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;
using Format = Crm.Contacts.V1.ImportOptions.Types.Format;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Encodings, quotes and formats of files: rows C13, C17 and C22 of the reports about other people's files.</summary>
public sealed class FileFormTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("windows-1250", "Łucja", "Żaneta ź")]
    [InlineData("cp1250", "Łucja", "Šárka")]
    [InlineData("iso-8859-2", "Łucja", "Dvořák")]
    [InlineData("macroman", "José", "Ærø ‘x’")]
    [InlineData("koi8-r", "Иван", "Петров")]
    [InlineData("shift_jis", "山田", "ソ表")]
    [InlineData("GB18030", "王小明", "李\U00020000")]
    [InlineData("big5", "王小明", "許功蓋")]
    [InlineData("cp850", "Jürgen", "ß")]
    [InlineData("utf-32", "Łucja", "王")]
    public async Task C13_a_file_is_read_in_the_encoding_asked_for(string encoding, string first, string second)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = FileEncoding.Find(encoding)!.GetBytes($"first name,city\n{first},{second}\n");

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Encoding = encoding }, file);

        var contact = await account.GetContactAsync(1);
        Assert.Equal((first, second), (contact.FirstName, contact.Fields.Fields["city"].StringValue));
        Assert.Empty(result.Summary.Notices);
    }

    [Theory]
    [InlineData("windows-1250", "Łucja,Łódź\nŻaneta,Gdańsk\n", "Łucja")]
    [InlineData("windows-1251", "Иванов,Москва\nПетров,Санкт-Петербург\n", "Иванов")]
    [InlineData("shift_jis", "山田太郎,東京都\n鈴木花子,大阪府のテスト\n", "山田太郎")]
    [InlineData("windows-1252", "Jürgen,Köln\nFrançois,Besançon\n", "Jürgen")]
    public async Task C13_an_encoding_that_nothing_says_is_guessed_and_said(string encoding, string rows, string first)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var plain = string.Concat(Enumerable.Repeat("Ada,Graz\n", 50_000));
        byte[] file = FileEncoding.Find(encoding)!.GetBytes($"first name,city\n{rows}{plain}");

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);

        Assert.Equal(first, (await account.GetContactAsync(1)).FirstName);
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.EncodingGuessed, ""), (notice.Kind, notice.Column));
        Assert.Contains(encoding, notice.Message, StringComparison.OrdinalIgnoreCase);
        // The plan says it before anything is written.
        Assert.True(result.Plan.EncodingGuessed);
        Assert.Equal(notice, Assert.Single(result.Plan.Notices));
    }

    [Theory]
    [InlineData("João,Conceição\nInês,Avelãs\n", "João")]
    [InlineData("João,São Paulo\n", "João")]
    [InlineData("Søren,Ærø\n", "Søren")]
    [InlineData("Åsa,Malmö\n", "Åsa")]
    [InlineData("Zoé,Nîmes\n", "Zoé")]
    [InlineData("Jürgen,Köln\n", "Jürgen")]
    [InlineData("Iñaki,Coruña\n", "Iñaki")]
    public async Task C13_a_short_file_of_western_Europe_is_read_as_that(string rows, string first)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new(), FileEncoding.Find("windows-1252")!.GetBytes($"first name,city\n{rows}"));

        Assert.Equal(first, (await account.GetContactAsync(1)).FirstName);
    }

    [Theory]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("gb18030")]
    public async Task C13_a_byte_order_mark_decides(string encoding)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        byte[] file = FileEncoding.Find(encoding)!.GetBytes("\uFEFFfirst name,city\nŁucja,王\n");

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);

        var contact = await account.GetContactAsync(1);
        Assert.Equal(("Łucja", "王"), (contact.FirstName, contact.Fields.Fields["city"].StringValue));
        Assert.Empty(result.Summary.Notices);
    }

    [Theory]
    [InlineData("klingon")]
    [InlineData("utf-7")]
    [InlineData("cp99999")]
    [InlineData("utf-32")]
    public async Task C13_an_unknown_encoding_or_one_that_the_file_is_not_in_is_refused(string encoding)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { Encoding = encoding }, [.. "a\n"u8, 0xFF, 0xFF]));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.encoding");
    }

    [Theory]
    [InlineData("\"a\" ,\"Graz\"\n", "Graz")]
    [InlineData("\"a\"\t, \"Gr, az\" \n", "Gr, az")]
    [InlineData(" \"a\",  \"Gr\"\"az\"  \r\n", "Gr\"az")]
    public async Task C17_blanks_around_quotes_do_no_harm(string row, string city)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Delimiter = "," }, $"\"first name\" , city\n{row}");

        Assert.Empty(result.Errors);
        Assert.Equal(("a", city), ((await account.GetContactAsync(1)).FirstName, (await account.GetContactAsync(1)).Fields.Fields["city"].StringValue));
    }

    [Theory]
    [InlineData(@"""say \""hi\"", now""", "say \"hi\", now")]
    [InlineData(@"""C:\\temp\\""", @"C:\temp\")]
    [InlineData(@"""a\nb""", @"a\nb")]
    public async Task C17_backslashes_mark_quotes_by_option_and_are_explained_without(string cell, string text)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = $"email,note\na@example.org,{cell}\n";

        await Importer.RunAsync(account.Apps, account.Name, new() { BackslashQuotes = true }, file);
        var without = await Importer.RunAsync(account.Apps, account.Name, new(), "email,note\na@example.org,\"say \\\"hi\\\", now\"\nb@example.org,x\n");

        Assert.Equal(text, (await account.GetContactAsync(1)).Fields.Fields["note"].StringValue);
        var error = Assert.Single(without.Errors);
        Assert.Equal(2, error.Line);
        Assert.Contains("backslash_quotes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C22_columns_of_a_file_without_header_have_numbers()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { Headerless = true, Columns = { ["1"] = "email", ["3"] = "fields.city" } }, "a@example.org,x,Graz\nb@example.org,,Wien\n");

        Assert.Equal((2, 2), (result.Summary.Rows, result.Summary.Created));
        Assert.Equal(("a@example.org", "Graz"), ((await account.GetContactAsync(1)).Email, (await account.GetContactAsync(1)).Fields.Fields["city"].StringValue));
        Assert.Equal((Kind.ColumnSkipped, "2"), (Assert.Single(result.Summary.Notices).Kind, result.Summary.Notices[0].Column));
    }

    [Fact]
    public async Task C22_columns_of_a_file_without_header_can_be_named()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Headers = { "E-Mail", "city" } }, "a@example.org;Graz\nb@example.org;not closed\"\n\"x\"y;Wien\n");

        Assert.Equal(("a@example.org", "Graz"), ((await account.GetContactAsync(1)).Email, (await account.GetContactAsync(1)).Fields.Fields["city"].StringValue));
        Assert.Equal([2L, 3L], result.Errors.Select(error => error.Line));
    }

    [Fact]
    public async Task C22_more_names_than_columns_are_refused()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { Headers = { "a", "b", "c" } }, "1,2\n"));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.headers");
    }

    [Theory]
    [InlineData(Format.Unspecified)]
    [InlineData(Format.JsonLines)]
    public async Task C22_json_lines_are_read_with_their_types(Format format)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        const string file = """
            {"email":"a@example.org","address":{"city":"Graz","zip":"08010"},"score":1.50,"vip":true,"tags":["x, y","z"],"n":null}

            {"email":"b@example.org","score":1e2,"vip":false,"joined":"2021-03-04T10:20:30Z","note":"=1\n\"q\""}
            {"email":"c@example.org","score":
            [1]
            {"email":"nobody"}
            """;

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Format = format, TagsColumns = { "tags" } }, file);

        Assert.Equal([4L, 5L, 6L], result.Errors.Select(error => error.Line));
        Assert.Equal(
            ["address.city Text", "address.zip Text", "joined DateTime", "note Text", "score Number", "vip Boolean"],
            result.Summary.FieldsCreated.Select(field => $"{field.Key} {field.Type}").Order(StringComparer.Ordinal));
        var (first, second) = (await account.GetContactAsync(1), await account.GetContactAsync(2));
        Assert.Equal(("Graz", "08010", 1.5, true), (first.Fields.Fields["address.city"].StringValue, first.Fields.Fields["address.zip"].StringValue, first.Fields.Fields["score"].NumberValue, first.Fields.Fields["vip"].BoolValue));
        Assert.Equal((100, "=1\n\"q\""), (second.Fields.Fields["score"].NumberValue, second.Fields.Fields["note"].StringValue));
        Assert.Equal(["x, y", "z"], await account.TagsOfAsync(1));
    }

    public static TheoryData<string> HostileLines => new()
    {
        { $"{string.Concat(Enumerable.Repeat("{\"a\":", 5_000))}1{new string('}', 5_000)}" },
        { "{\"a\":\"\\ud800\"}" },
        { "{\"\":1}" },
        { $"{{\"{new string('x', 501)}\":1}}" },
        { $"{{\"a\":\"{new string('x', 5 * 1024 * 1024)}\"}}" },
    };

    [Theory]
    [MemberData(nameof(HostileLines))]
    public async Task C22_a_hostile_line_is_a_bad_row(string line)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Format = Format.JsonLines }, $"{{\"email\":\"a@example.org\"}}\n{line}\n");

        Assert.Equal((1, 1), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal(2, Assert.Single(result.Errors).Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("email\na@example.org\n")]
    [InlineData("[]\n")]
    public async Task C22_a_file_without_json_is_refused_if_it_should_have_some(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { Format = Format.JsonLines }, file));

        Assert.Equal("1", error.Is(StatusCode.InvalidArgument, ErrorReason.ImportLine).Metadata["line"]);
    }
}
