using CsCheck;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Imports.Files;

namespace TagSegments.Tags.Tests.Crm.Exports;

public sealed class CellTextTests
{
    private static readonly Gen<string> s_texts =
        Gen.Char["'=+-@＝＋－＠ \t\r\n\",;|a5é\u00A0\u200B\uFEFF"].Array[0, 8].Select(characters => new string(characters));

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49 1", "'+49 1")]
    [InlineData("-5", "'-5")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\rx", "'\rx")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\u200B=1", "'\u200B=1")]
    [InlineData("\uFEFFa", "'\uFEFFa")]
    [InlineData("=\"0123\"", "'=\"0123\"")]
    [InlineData("'=1", "''=1")]
    [InlineData("a ", "''a ")]
    [InlineData("'s-Hertogenbosch", "'s-Hertogenbosch")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    public void Marks_what_a_spreadsheet_would_run_and_white_space_at_the_ends(string text, string cell) => Assert.Equal(cell, CellText.Write(text));

    [Theory]
    [InlineData("'=1", "=1")]
    [InlineData("  '+43 1 ", "+43 1")]
    [InlineData("'s-Hertogenbosch ", "'s-Hertogenbosch")]
    [InlineData("'quoted'", "'quoted'")]
    [InlineData(" a ", "a")]
    [InlineData("''", "''")]
    [InlineData("=1", "=1")]
    [InlineData("=\"0123\"", "0123")]
    [InlineData(" =\"0660 1\" ", "0660 1")]
    [InlineData("=\"a\"&\"b\"", "=\"a\"&\"b\"")]
    [InlineData("=\"\"", "=\"\"")]
    [InlineData("\u200BBen", "Ben")]
    [InlineData("\uFEFF \u2060city ", "city")]
    [InlineData("Ben\u200B", "Ben\u200B")]
    public void Reads_cells_of_other_tools(string cell, string text) => Assert.Equal(text, CellText.Read(cell));

    [Fact]
    public void Every_text_comes_back() => s_texts.Sample(text => CellText.Read(CellText.Write(text)) == text);

    [Fact]
    public void No_written_text_begins_with_a_formula() => s_texts.Sample(text => CellText.Write(text).TrimStart() is not ['=' or '+' or '-' or '@', ..]);

    [Fact]
    public void Every_list_comes_back() => s_texts.Select(text => text.Trim()).Where(item => item.Length > 0).Array[0, 5]
        .Sample(items => ListText.Split(ListText.Join(items), [";"]).SequenceEqual(items));

    [Theory]
    [InlineData("[\"VIP\"]")]
    [InlineData("{VIP}")]
    [InlineData("['a', 'b']")]
    [InlineData("[]")]
    [InlineData("{a", "b}")]
    public void A_list_of_items_in_brackets_comes_back(params string[] items) => Assert.Equal(items, ListText.Split(ListText.Join(items), [";"]));

    [Theory]
    [InlineData("[]", new string[0])]
    [InlineData(" [ \"a\" , 'b' ] ", new[] { "a", "b" })]
    [InlineData("{a, NULL,\"NULL\",\"\"}", new[] { "a", "NULL" })]
    [InlineData("[\"Caf\\u00e9\",\"a\\\"b\"]", new[] { "Café", "a\"b" })]
    [InlineData("[\"\\u00\"]", new[] { "u00" })]
    [InlineData("[\"a\", b]", new[] { "[\"a\"", "b]" })]
    [InlineData("[\"a\",]", new[] { "[\"a\"", "]" })]
    [InlineData("{\"a\": 1}", new[] { "{\"a\": 1}" })]
    [InlineData("\"Hot, Lead\",\"VIP\"", new[] { "Hot, Lead", "VIP" })]
    [InlineData("say \"hi\", b", new[] { "say \"hi\"", "b" })]
    [InlineData("\"open, b", new[] { "\"open", "b" })]
    [InlineData("\"a\" b, c", new[] { "\"a\" b", "c" })]
    [InlineData(" , a,,", new[] { "a" })]
    public void Reads_lists_of_other_tools(string cell, string[] items) => Assert.Equal(items, ListText.Split(cell, [","]));

    [Fact]
    public void Every_file_comes_back() => s_texts.Array[2].Array[1, 4].SampleAsync(async rows =>
    {
        await using var file = new UploadedFile(Path.GetTempPath());
        await using (var text = new StreamWriter(file.Rewind(), leaveOpen: true))
        {
            using var csv = new CsvRows(text);
            csv.WriteHeader(["=key", "'a", "b"]);
            foreach (var row in rows)
            {
                csv.Write([new CsvCell("-5", IsText: false), .. row.Select(value => new CsvCell(value, IsText: true))]);
            }
        }

        var table = CsvTable.Open(file, FileEncoding.Of(file, "").Encoding, new CsvForm());

        Assert.Equal(["=key", "'a", "b"], table.Headers);
        Assert.Equal(rows.Select(row => (string[])["-5", .. row]), table.Read().Select(row => row.Cells));
    }, threads: 1);
}
