using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>What a column holds, found from all its values: C11 and C12 of the reports about other people's files.</summary>
public sealed class ValueGuessTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData(10_000, "2021-03-04", "soon", Type.Date)]
    [InlineData(10_000, "04.03.2021", "31.02.2021", Type.Date)]
    [InlineData(10_000, "12.5", "many", Type.Number)]
    [InlineData(1_000, "2021-03-04 10:20", "2021-03-04", Type.DateTime)]
    [InlineData(200, "7", "12a", Type.Number)]
    [InlineData(20, "true", "maybe", Type.Boolean)]
    public async Task C11_E10_one_bad_value_is_a_bad_row_shown_with_line_and_value(int rows, string good, string bad, Type type)
    {
        var result = await ImportAsync(new(), [.. Enumerable.Repeat(good, rows - 1), bad]);

        Assert.Equal(type, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal((rows - 1, 1), (result.Summary.Created, result.Summary.Failed));
        var error = Assert.Single(result.Errors);
        Assert.Equal((rows + 1, "f", bad), (error.Line, error.Column, error.Value));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.ValuesGuessed, "f", rows - 1), (notice.Kind, notice.Column, notice.Rows));
        Assert.Contains("overrules", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2021-03-04,2021-03-05,soon")]
    [InlineData("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,n/a")]
    [InlineData("true,false,maybe")]
    public async Task C11_few_values_must_all_have_the_type(string values)
    {
        var result = await ImportAsync(new(), values.Split(','));

        Assert.Equal((Type.Text, 0), (Assert.Single(result.Summary.FieldsCreated).Type, result.Summary.Failed));
        Assert.Empty(result.Summary.Notices);
    }

    [Theory]
    [InlineData("1067", "01067")]
    [InlineData("436601234", "+436601234")]
    [InlineData("12345", "1E5")]
    [InlineData("7", "007,5")]
    public async Task C11_one_code_among_numbers_makes_text_of_the_column(string number, string code)
    {
        var result = await ImportAsync(new(), [.. Enumerable.Repeat(number, 999), code]);

        Assert.Equal((Type.Text, 0), (Assert.Single(result.Summary.FieldsCreated).Type, result.Summary.Failed));
    }

    [Theory]
    [InlineData("12", "14a", 5)]
    [InlineData("38", "M1", 2)]
    [InlineData("38", "4-", 2)]
    public async Task C11_values_with_letters_and_digits_are_text_even_if_they_are_few(string number, string other, int share)
    {
        var result = await ImportAsync(new(), [.. Enumerable.Repeat(number, 100 - share), .. Enumerable.Repeat(other, share)]);

        Assert.Equal((Type.Text, 0), (Assert.Single(result.Summary.FieldsCreated).Type, result.Summary.Failed));
    }

    [Fact]
    public async Task C11_the_bad_value_alone_is_left_out_if_the_import_is_told_so()
    {
        var result = await ImportAsync(new() { DropBadValues = true }, [.. Enumerable.Repeat("1.5", 99), "many"]);

        Assert.Equal((100, 0, 1), (result.Summary.Created, result.Summary.Failed, result.Summary.RowsWithDroppedValues));
        Assert.Equal("many", Assert.Single(result.Errors).Value);
    }

    public static TheoryData<string[], double[]> Numbers => new()
    {
        { ["1,12", "25,000"], [1.12, 25] },
        { ["25,000", "$1,000.50"], [25_000, 1_000.5] },
        { ["1.234,56 €", "12 €"], [1_234.56, 12] },
        { ["1 234,56", "7"], [1_234.56, 7] },
        { ["1\u00A0234,56", "0,5"], [1_234.56, 0.5] },
        { ["1\u202F234\u202F567", "5"], [1_234_567, 5] },
        { ["1'234.50", "-2'000'000.25"], [1_234.5, -2_000_000.25] },
        { ["CHF 1’234.50", "CHF -3"], [1_234.5, -3] },
        { ["(1,234.50)", "0.125"], [-1_234.5, 0.125] },
        { ["-$5.25", "$-6", "−$7"], [-5.25, -6, -7] },
        { ["12,5 %", "3 %"], [12.5, 3] },
        { ["12,34,567.89", "1,00,000"], [1_234_567.89, 100_000] },
        { ["EUR 5,5", "1.000.000 EUR"], [5.5, 1_000_000] },
        { ["0.125", "1.234"], [0.125, 1.234] },
        { ["1.234,56-", "5,00"], [-1_234.56, 5] },
        { ["1,234.50-", "5.25"], [-1_234.5, 5.25] },
        { ["1'234.-", "5.50"], [1_234, 5.5] },
        { ["1.234,–", "5,50"], [1_234, 5.5] },
        { ["1,000.5円", "500円"], [1_000.5, 500] },
        { ["１，２３４．５", "￥５"], [1_234.5, 5] },
        { ["1 234,50 Euro", "5 Euro"], [1_234.5, 5] },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task C12_numbers_of_people_are_read_by_what_all_values_say(string[] cells, double[] numbers)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new(), cells, account);

        Assert.Equal(Type.Number, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(numbers, await ReadAsync(account, cells.Length, value => value.NumberValue));
        Assert.All(result.Summary.Notices, notice => Assert.Equal(Kind.ValuesGuessed, notice.Kind));
    }

    [Theory]
    [InlineData("25,000|3,500")]
    [InlineData("25.000|3")]
    [InlineData("1,5|2.5")]
    [InlineData("$5.50|7.50 €")]
    [InlineData("5 %|0.5")]
    [InlineData("1,000円|2,500円")]
    [InlineData("660 123 456|660 123 457")]
    public async Task C12_numbers_that_do_not_tell_their_form_are_text_with_a_word_about_it(string cells)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new(), cells.Split('|'), account);

        Assert.Equal((Type.Text, 0), (Assert.Single(result.Summary.FieldsCreated).Type, result.Summary.Failed));
        Assert.Equal(cells.Split('|'), await ReadAsync(account, 2, value => value.StringValue));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.ValuesInDoubt, "f"), (notice.Kind, notice.Column));
        Assert.Contains("number_formats", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",", 25)]
    [InlineData(".", 25_000)]
    public async Task C12_an_option_says_what_the_values_do_not(string mark, double number)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new() { NumberFormats = { ["f"] = new() { Decimal = mark } } }, ["25,000"], account);

        Assert.Empty(result.Summary.Notices);
        Assert.Equal([number], await ReadAsync(account, 1, value => value.NumberValue));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(".,")]
    public async Task C12_a_decimal_mark_is_a_point_or_a_comma(string mark)
    {
        var error = await Expect.FailureAsync(() => ImportAsync(new() { NumberFormats = { ["f"] = new() { Decimal = mark } } }, ["1"]));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.number_formats[\"f\"].decimal");
    }

    [Fact]
    public async Task C12_a_field_that_holds_numbers_takes_them_as_people_write_them_and_none_that_are_in_doubt()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("f", Type.Number);

        var clear = await ImportAsync(new(), ["1.234,5 €", "007"], account);
        var doubtful = await ImportAsync(new(), ["25,000", "3"], account);

        Assert.Equal((2, 0), (clear.Summary.Created, clear.Summary.Failed));
        Assert.Equal([1_234.5, 7], await ReadAsync(account, 2, value => value.NumberValue));
        Assert.Equal((1, "25,000"), (doubtful.Summary.Created, Assert.Single(doubtful.Errors).Value));
        Assert.Equal(Kind.ValuesInDoubt, Assert.Single(doubtful.Summary.Notices).Kind);
    }

    [Fact]
    public async Task C12_the_amount_of_an_opportunity_is_read_in_the_same_way()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Kind = ImportOptions.Types.Kind.Opportunities, StageColumn = "stage" };

        await Importer.RunAsync(account.Apps, account.Name, options, "stage;amount;opened\nNew;1.234,50 €;25/12/2020\nNew;99,00 €;01/02/2021\n");

        var deals = (await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name })).Opportunities;
        Assert.Equal(["1234.5", "99"], deals.Select(deal => deal.Amount));
        Assert.Equal(["2020-12-25", "2021-02-01"], deals.Select(deal => deal.OpenedDate));
    }

    private async Task<Importer> ImportAsync(ImportOptions options, string[] cells, TestAccount? account = null)
    {
        account ??= await TestAccount.NewAsync(shared.Apps);
        options.Delimiter = "\t";
        return await Importer.RunAsync(account.Apps, account.Name, options, "first name\tf\n" + string.Concat(cells.Select(cell => $"Ada\t{cell}\n")));
    }

    private static async Task<IEnumerable<T>> ReadAsync<T>(TestAccount account, int contacts, Func<Value, T> read)
    {
        var values = new List<T>();
        for (var i = 1; i <= contacts; i++)
        {
            values.Add(read((await account.GetContactAsync(i)).Fields.Fields["f"]));
        }

        return values;
    }
}
