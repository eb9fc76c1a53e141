using Crm.Contacts.V1;
using TagSegments.Csv;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Dates with names of months in other languages than English: the kind of row C10 of the page of faults.</summary>
public sealed class MonthNameTests(SharedApps shared) : IClassFixture<SharedApps>
{
    public static TheoryData<string, string[], string[]> Days => new()
    {
        { "German", ["4. März 2021", "31. Dezember 2020", "1. Jan. 2022"], ["2021-03-04", "2020-12-31", "2022-01-01"] },
        { "German", ["Donnerstag, 4. März 2021", "Sonntag, den 5. Dezember 2021"], ["2021-03-04", "2021-12-05"] },
        { "German", ["04-Mär-2021", "05-Okt-2021"], ["2021-03-04", "2021-10-05"] },
        { "French", ["4 mars 2021", "1er août 2020", "5 févr. 2022"], ["2021-03-04", "2020-08-01", "2022-02-05"] },
        { "French", ["jeudi 4 mars 2021", "le 5 décembre 2021"], ["2021-03-04", "2021-12-05"] },
        { "Spanish", ["4 de marzo de 2021", "31 de diciembre de 2020", "1 de ene. de 2022"], ["2021-03-04", "2020-12-31", "2022-01-01"] },
        { "Spanish", ["04-mar-2021", "05-dic-2021"], ["2021-03-04", "2021-12-05"] },
        { "Italian", ["4 marzo 2021", "31 dicembre 2020", "1 gen 2022"], ["2021-03-04", "2020-12-31", "2022-01-01"] },
        { "Italian", ["mar 4 maggio 2021", "mer 5 maggio 2021"], ["2021-05-04", "2021-05-05"] },
        { "Portuguese", ["4 de março de 2021", "31 de dezembro de 2020", "1 de out. de 2022"], ["2021-03-04", "2020-12-31", "2022-10-01"] },
        { "Dutch", ["4 maart 2021", "31 december 2020", "1 mei 2022"], ["2021-03-04", "2020-12-31", "2022-05-01"] },
        { "Swedish", ["4 augusti 2021", "den 5 mars 2021"], ["2021-08-04", "2021-03-05"] },
        { "Polish", ["4 marca 2021 r.", "31 grudnia 2020", "1 października 2022"], ["2021-03-04", "2020-12-31", "2022-10-01"] },
        { "Spanish", ["marzo 4, 2021", "abril 15, 2020"], ["2021-03-04", "2020-04-15"] },
    };

    [Theory]
    [MemberData(nameof(Days))]
    public async Task C10_days_are_read_in_the_language_of_the_column_and_it_is_said(string language, string[] cells, string[] days)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), cells);

        Assert.Equal(Type.Date, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(days, await ReadAsync(account, cells.Length));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal(Kind.ValuesGuessed, notice.Kind);
        Assert.Contains($"names of months in ", notice.Message, StringComparison.Ordinal);
        Assert.Contains(language, notice.Message, StringComparison.Ordinal);
        Assert.Contains("date_formats", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4. März 2021 um 10:20 Uhr", "2021-03-04T10:20:00.000000Z")]
    [InlineData("4. Mrz. 2021, 10:20:30", "2021-03-04T10:20:30.000000Z")]
    [InlineData("4 mars 2021 à 10h20", "2021-03-04T10:20:00.000000Z")]
    [InlineData("4 de marzo de 2021 a las 10:20", "2021-03-04T10:20:00.000000Z")]
    [InlineData("4 de março de 2021 às 10:20", "2021-03-04T10:20:00.000000Z")]
    [InlineData("4 marzo 2021 alle ore 10:20", "2021-03-04T10:20:00.000000Z")]
    [InlineData("4 mei 2021 om 10:20", "2021-05-04T10:20:00.000000Z")]
    [InlineData("4. maj 2021 kl. 10:20", "2021-05-04T10:20:00.000000Z")]
    public async Task C10_date_times_are_read_with_the_words_around_them(string cell, string time)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), cell);

        Assert.Equal(Type.DateTime, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal([time], await ReadAsync(account, 1));
    }

    [Theory]
    [InlineData("4. März", "31. Dezember", "--03-04")]
    [InlineData("4 mars", "31 août", "--03-04")]
    [InlineData("4 de abril", "1 de mayo", "--04-04")]
    [InlineData("4 mei", "1 maart", "--05-04")]
    public async Task C9_days_of_the_year_have_names_in_other_languages_too(string first, string second, string day)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), first, second);

        Assert.Equal(Type.YearlyDay, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(day, (await ReadAsync(account, 1)).Single());
    }

    [Theory]
    [InlineData("dd. MMMM yyyy", "04. März 2021")]
    [InlineData("d MMM yy", "4 févr. 21")]
    [InlineData("dd-MMM-yyyy", "04-abr-2021")]
    public async Task C10_a_format_that_an_option_names_has_any_language(string format, string cell)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { DateFormats = { ["f"] = format } }, cell);

        Assert.Empty(result.Errors);
        Assert.Equal(Type.Date, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.EndsWith("-04", (await ReadAsync(account, 1)).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task C11_one_bad_value_is_a_bad_row_and_types_overrules_the_guess()
    {
        string[] cells = [.. Enumerable.Range(1, 28).Select(day => $"{day}. März 2021"), "demnächst"];
        var (account, asText) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));

        var result = await ImportAsync(account, new(), cells);
        await ImportAsync(asText, new() { Types_ = { ["f"] = Type.Text } }, cells);

        Assert.Equal((28, 1), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal("demnächst", Assert.Single(result.Errors).Value);
        Assert.Equal(["1. März 2021"], await ReadAsync(asText, 1));
    }

    [Theory]
    [InlineData("Hauptstraße 4, März 2021 neu")]
    [InlineData("4 Marsriegel 2021")]
    [InlineData("mar 4 abr 2021 mayo")]
    [InlineData("März 2021")]
    public async Task C10_other_texts_with_names_of_months_stay_texts(string cell)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), cell);

        Assert.Equal(Type.Text, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal([cell], await ReadAsync(account, 1));
    }

    [Fact]
    public async Task C4_a_time_of_an_opt_out_is_read_in_another_language()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new(), "email;UNSUB_TIME\na@example.org;4. März 2021 08:00\n");

        var consent = (await account.GetContactAsync(1)).Consents.Single(each => each.State == Consent.Types.State.Unsubscribed);
        Assert.Equal(new DateTime(2021, 3, 4, 8, 0, 0), consent.Time.ToDateTime());
    }

    [Theory]
    [InlineData("4 de março de 2023", "4 Mar 2023")]
    [InlineData("1er mai 2023", "1 May 2023")]
    [InlineData("4 mars 2023 kl. 10:20", "4 Mar 2023 10:20")]
    [InlineData("So., 4. Juni 2023", "4. Jun 2023")]
    [InlineData("4 March 2023", "4 Mar 2023")]
    [InlineData("2023-03-04T10:20:30Z", null)]
    [InlineData("mars", null)]
    [InlineData("4 mars 5 mai 2023", null)]
    public void Names_become_English(string text, string? english) => Assert.Equal(english, MonthNames.ToEnglish(text));

    private static Task<Importer> ImportAsync(TestAccount account, ImportOptions options, params string[] cells)
    {
        options.Delimiter = "\t";
        return Importer.RunAsync(account.Apps, account.Name, options, "first name\tf\n" + string.Concat(cells.Select(cell => $"Ada\t{cell}\n")));
    }

    private static async Task<List<string>> ReadAsync(TestAccount account, int contacts)
    {
        var values = new List<string>();
        for (var i = 1; i <= contacts; i++)
        {
            values.Add((await account.GetContactAsync(i)).Fields.Fields["f"].StringValue);
        }

        return values;
    }
}
