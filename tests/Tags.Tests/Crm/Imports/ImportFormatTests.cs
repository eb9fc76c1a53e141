using System.Text;
using Crm.Contacts.V1;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>How files of other tools are read.</summary>
public sealed class ImportFormatTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("true,FALSE", Type.Boolean)]
    [InlineData("0,1", Type.Number)]
    [InlineData("-1.5,3", Type.Number)]
    [InlineData("yes,no", Type.Text)]
    [InlineData("01,2", Type.Text)]
    [InlineData("+1,2", Type.Text)]
    [InlineData("1e5,2", Type.Text)]
    [InlineData("1.,2", Type.Text)]
    [InlineData("2026-01-01,2026-12-31", Type.Date)]
    [InlineData("2026-01-01,2026-02-30", Type.Text)]
    [InlineData("2026-01-01T00:00:00Z,2026-01-01 10:00", Type.DateTime)]
    [InlineData("1,x", Type.Text)]
    [InlineData("1,", Type.Number)]
    public async Task Infers_the_type_of_a_column_from_all_its_values(string values, Type expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = "id,f\n" + string.Concat(values.Split(',').Select((value, row) => $"{row},{value}\n"));

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "id" }, file);

        Assert.Equal((2, 0), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal(expected, Assert.Single(result.Summary.FieldsCreated).Type);
    }

    [Theory]
    [InlineData("utf-8", "")]
    [InlineData("utf-8-bom", "")]
    [InlineData("utf-16-bom", "")]
    [InlineData("utf-16", "")]
    [InlineData("windows-1252", "")]
    [InlineData("windows-1252", "windows-1252")]
    public async Task Reads_the_encodings_of_other_tools(string encoding, string option)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var account = await TestAccount.NewAsync(shared.Apps);
        const string text = "first name;city\nJürgen;Köln\n";
        byte[] file = encoding switch
        {
            "utf-8-bom" => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
            "utf-16-bom" => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
            "utf-16" => Encoding.Unicode.GetBytes(text),
            _ => Encoding.GetEncoding(encoding).GetBytes(text),
        };

        await Importer.RunAsync(account.Apps, account.Name, new() { Encoding = option }, file);

        var contact = await account.GetContactAsync(1);
        Assert.Equal(("Jürgen", "Köln"), (contact.FirstName, contact.Fields.Fields["city"].StringValue));
    }

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    [InlineData("|")]
    public async Task Finds_the_delimiter(string delimiter)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(
            account.Apps, account.Name, new(), $"first name{delimiter}note\nAda{delimiter}\"Love{delimiter}lace\"\n");

        Assert.Equal($"Love{delimiter}lace", (await account.GetContactAsync(1)).Fields.Fields["note"].StringValue);
    }

    [Fact]
    public async Task Reads_dates_in_a_named_form_and_missing_values()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions
        {
            ExternalIdColumn = "row",
            DateFormat = "dd.MM.yyyy",
            Missing = { ["*"] = new ValueList { Values = { "n/a" } }, ["score"] = new ValueList { Values = { "-1" } } },
        };

        var result = await Importer.RunAsync(account.Apps, account.Name, options, "born,score\n24.12.1990,-1\nn/a,5\n");

        Assert.Equal([Type.Date, Type.Number], result.Summary.FieldsCreated.Select(field => field.Type));
        Assert.Equal("1990-12-24", (await account.GetContactAsync(1)).Fields.Fields["born"].StringValue);
        Assert.DoesNotContain("score", (await account.GetContactAsync(1)).Fields.Fields.Keys);
    }

    [Fact]
    public async Task A_date_time_without_offset_is_one_of_the_accounts_zone()
    {
        var account = new TestAccount(shared.Apps, await shared.Apps.NewAccountAsync("Europe/Vienna"));

        await Importer.RunAsync(account.Apps, account.Name, new(), "seen\n2026-07-01 12:00\n2026-03-29 02:30\n");

        Assert.Equal("2026-07-01T10:00:00.000000Z", (await account.GetContactAsync(1)).Fields.Fields["seen"].StringValue);
        Assert.Equal("2026-03-29T01:30:00.000000Z", (await account.GetContactAsync(2)).Fields.Fields["seen"].StringValue);
    }
}
