using Crm.Contacts.V1;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Dates with years of two digits, and without marks: siblings of C9 and C10. The form is guessed over the whole column, said, and overruled by an option.</summary>
public sealed class ShortDateTests(SharedApps shared) : IClassFixture<SharedApps>
{
    public static TheoryData<string, string[], string[]> Dates => new()
    {
        { "f", ["25/03/21", "28/04/19", "31/12/99"], ["2021-03-25", "2019-04-28", "1999-12-31"] },
        { "f", ["3/25/21", "12/4/19", "1/2/80"], ["2021-03-25", "2019-12-04", "1980-01-02"] },
        { "f", ["25/03/21", "14/02/20"], ["2021-03-25", "2020-02-14"] },
        { "f", ["99/12/31", "21/03/25"], ["1999-12-31", "2021-03-25"] },
        { "f", ["25.03.21", "01.04.19", "24.12.35", "01.01.78"], ["2021-03-25", "2019-04-01", "1935-12-24", "1978-01-01"] },
        { "f", ["25. 3. 21", "01. 4. 19"], ["2021-03-25", "2019-04-01"] },
        { "f", ["25-03-21", "31-12-99"], ["2021-03-25", "1999-12-31"] },
        { "f", ["4-Mar-21", "25-Dec-19"], ["2021-03-04", "2019-12-25"] },
        { "f", ["4 March 21", "25 Dec 19"], ["2021-03-04", "2019-12-25"] },
        { "f", ["4. März 21", "25. Dezember 19"], ["2021-03-04", "2019-12-25"] },
        { "f", ["25/03/21 08:00", "31/12/99 23:59:59"], ["2021-03-25T08:00:00.000000Z", "1999-12-31T23:59:59.000000Z"] },
        { "f", ["3/25/21 1:05 PM", "12/31/20, 12:00 AM"], ["2021-03-25T13:05:00.000000Z", "2020-12-31T00:00:00.000000Z"] },
        { "Signup date", ["20210304", "19991231"], ["2021-03-04", "1999-12-31"] },
        { "Geburtstag", ["19550304"], ["1955-03-04"] },
        { "Created_At_Source", ["20210304102030", "20210304235959"], ["2021-03-04T10:20:30.000000Z", "2021-03-04T23:59:59.000000Z"] },
        { "Datum", ["20210304T102030Z", "20210304T1020"], ["2021-03-04T10:20:30.000000Z", "2021-03-04T10:20:00.000000Z"] },
        { "f", [.. Enumerable.Range(1, 28).Select(day => $"202103{day:00}")], [.. Enumerable.Range(1, 28).Select(day => $"2021-03-{day:00}")] },
    };

    [Theory]
    [MemberData(nameof(Dates))]
    public async Task The_form_is_found_from_all_values_and_said(string header, string[] cells, string[] times)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new(), header, cells, account);

        Assert.Equal(times[0].Length > 10 ? Type.DateTime : Type.Date, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(times, await ReadAsync(account, header, cells.Length));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal(Kind.ValuesGuessed, notice.Kind);
        Assert.Contains("date_formats or types overrules", notice.Message, StringComparison.Ordinal);
        Assert.Equal(cells[0].Any(mark => !char.IsAsciiDigit(mark)) && !cells[0].Contains('T', StringComparison.Ordinal), notice.Message.Contains("years from 1930 to 2029", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("f", "03/04/21,05/06/20")]
    [InlineData("f", "01-02-03,04-05-06")]
    [InlineData("f", "25-03-21,14-02-20")]
    [InlineData("f", "25.03.21,31.12.35")]
    [InlineData("f", "31/12/35,25/03/30")]
    [InlineData("f", "3.11.12,3.12.10")]
    [InlineData("f", "25/03/21,03/25/21")]
    public async Task Dates_that_do_not_tell_their_form_or_century_are_text_with_a_word_about_it(string header, string cells)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new(), header, cells.Split(','), account);

        Assert.Equal(cells.Split(','), await ReadAsync(account, header, 2));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal(Kind.ValuesInDoubt, notice.Kind);
        Assert.Contains("date_formats", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Signup date", "44285,44286.5", "excel", "2021-03-30")]
    [InlineData("Geburtstag", "32874", "excel", "1990-01-01")]
    [InlineData("created_ts time", "1614853230", "unix", "2021-03-04")]
    [InlineData("Last login time", "1614853230123", "unix_ms", "2021-03-04")]
    public async Task Numbers_under_a_header_of_dates_stay_numbers_with_a_word_about_it(string header, string cells, string form, string day)
    {
        var result = await ImportAsync(new(), header, cells.Split(','));

        Assert.Equal(Type.Number, Assert.Single(result.Summary.FieldsCreated).Type);
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.ValuesInDoubt, header), (notice.Kind, notice.Column));
        Assert.Contains($"in the form {form} ({cells.Split(',')[0]} is {day}): date_formats", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f", "20210304,20211231")]
    [InlineData("Order no", "20210304,20211231")]
    [InlineData("Kundennr", "20210304,20211231")]
    [InlineData("Date id", "20210304,20211231")]
    [InlineData("Signup date", "20210304,20211331")]
    [InlineData("Birthday", "12345678,20210304")]
    [InlineData("joined", "10000101,99991231")]
    public async Task Other_numbers_stay_numbers(string header, string cells)
    {
        var result = await ImportAsync(new(), header, cells.Split(','));

        Assert.Equal(Type.Number, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Empty(result.Summary.Notices);
    }

    [Fact]
    public async Task Many_ids_that_are_dates_stay_numbers()
    {
        var result = await ImportAsync(new(), "Customer id", [.. Enumerable.Range(1, 28).Select(day => $"202103{day:00}")]);

        Assert.Equal(Type.Number, Assert.Single(result.Summary.FieldsCreated).Type);
    }

    [Theory]
    [InlineData("dd/MM/yy", "03/04/21", "2021-04-03")]
    [InlineData("yy/MM/dd", "03/04/21", "2003-04-21")]
    [InlineData("dd/MM/yy", "31/12/35", "2035-12-31")]
    [InlineData("yyyyMMdd", "20210304", "2021-03-04")]
    public async Task An_option_overrules_the_form(string format, string cell, string day)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await ImportAsync(new() { DateFormats = { ["f"] = format } }, "f", [cell], account);

        Assert.Equal([day], await ReadAsync(account, "f", 1));
    }

    [Fact]
    public async Task An_option_overrules_the_type()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new() { Types_ = { ["Signup date"] = Type.Number } }, "Signup date", ["20210304"], account);

        Assert.Equal(Type.Number, Assert.Single(result.Summary.FieldsCreated).Type);
    }

    [Theory]
    [InlineData("Created", "30/03/21", "2021-03-30")]
    [InlineData("Created", "20210325", "2021-03-25")]
    [InlineData("Created", "25.03.21 10:20", "2021-03-25")]
    public async Task Built_in_times_have_such_forms_too(string header, string cell, string day)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header}\na@example.org,{cell}\nb@example.org,{cell}\n");

        Assert.Equal(DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture), (await account.GetContactAsync(1)).CreateTime.ToDateTime().Date);
    }

    [Theory]
    [InlineData("01.02.23")]
    [InlineData("03/04/21")]
    [InlineData("20230102")]
    public async Task A_date_of_such_a_form_in_a_column_of_opt_outs_refuses(string cell)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,Abgemeldet am\na@example.org,{cell}\nb@example.org,\n");

        Assert.Equal(1, result.Summary.RefusalsFound);
    }

    private async Task<Importer> ImportAsync(ImportOptions options, string header, string[] cells, TestAccount? account = null)
    {
        account ??= await TestAccount.NewAsync(shared.Apps);
        options.Delimiter = "\t";
        return await Importer.RunAsync(account.Apps, account.Name, options, $"first name\t{header}\n" + string.Concat(cells.Select(cell => $"Ada\t{cell}\n")));
    }

    private static async Task<IEnumerable<string>> ReadAsync(TestAccount account, string header, int contacts)
    {
        var values = new List<string>();
        for (var i = 1; i <= contacts; i++)
        {
            values.Add((await account.GetContactAsync(i)).Fields.Fields[header].StringValue);
        }

        return values;
    }
}
