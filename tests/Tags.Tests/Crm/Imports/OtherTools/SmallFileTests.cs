using Crm.Contacts.V1;
using Crm.Errors.V1;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Small files as people bring them, beside those of section C: quotes within values, titles, forms of spreadsheets, marks that nobody sees.</summary>
public sealed class SmallFileTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("email,note\na@x.example,5\" pipe\n", "5\" pipe")]
    [InlineData("email,note\na@x.example,Ann \"Annie\" Lee\n", "Ann \"Annie\" Lee")]
    [InlineData("email;note\na@x.example;12\" x 5\"\n", "12\" x 5\"")]
    [InlineData("email,note\na@x.example,Monitor 24\"\n", "Monitor 24\"")]
    [InlineData("email,note\na@x.example,\"\"\"Annie\"\"\"\n", "\"Annie\"")]
    [InlineData("email,note\na@x.example,\"=\"\"01234\"\"\"\n", "01234")]
    [InlineData("email,note\na@x.example,=\"01234\"\n", "01234")]
    [InlineData("email,note\na@x.example,\u200BBen\n", "Ben")]
    [InlineData("\uFEFF\uFEFFemail,\u200Bnote\r\na@x.example,Ben\r", "Ben")]
    [InlineData("email,note\r\r\na@x.example,Ben\r\r\n", "Ben")]
    [InlineData("sep=;\nemail;note\na@x.example;Ben\n", "Ben")]
    [InlineData("email,note,,\na@x.example,Ben,,\n", "Ben")]
    [InlineData(" E-MAIL , note \n a@x.example , Ben \n", "Ben")]
    [InlineData("מנכ\"ל,email,note\nx,a@x.example,Ben\n", "Ben")]
    public async Task A_value_is_read_as_people_mean_it(string text, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), text);

        Assert.Empty(result.Errors);
        Assert.Equal(("a@x.example", value), ((await account.GetContactAsync(1)).Email, (await account.GetContactAsync(1)).Fields.Fields["note"].StringValue));
    }

    [Theory]
    [InlineData("email,note\na@x.example,\"b\"c\n")]
    [InlineData("email,note\na@x.example,not closed\"\n")]
    [InlineData("email,note,more\na@x.example,b\"c,\"d\"e\n")]
    [InlineData("email,note\na@x.example,b\"c,d\n")]
    public async Task A_quote_that_may_mean_something_else_refuses_its_row(string text)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), text);

        Assert.Equal((0, 2), (result.Summary.Created, Assert.Single(result.Errors).Line));
    }

    [Fact]
    public async Task What_databases_write_for_no_value_is_none()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), "email,city,age\na@x.example,\\N,42\nb@x.example,Graz,\\N\n");

        Assert.Equal([Field.Types.Type.Text, Field.Types.Type.Number], result.Summary.FieldsCreated.OrderByDescending(field => field.Key).Select(field => field.Type));
        Assert.Equal(["age"], (await account.GetContactAsync(1)).Fields.Fields.Keys);
    }

    [Theory]
    [InlineData("Report of contacts\nemail,name\na@x.example,Ann\n", 2)]
    [InlineData("Report of contacts\nMade on 2024-01-01\n\nemail,name\na@x.example,Ann\nb@x.example,Ben\nc@x.example,Cy\n", 4)]
    public async Task A_title_above_the_names_is_said_and_nothing_is_imported(string text, int line)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var failure = await Expect.FailureAsync(Grpc.Core.StatusCode.InvalidArgument, ErrorReason.ImportLine, () => Importer.RunAsync(account.Apps, account.Name, new(), text));

        Assert.Contains($"line {line} has more", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_one_column_may_have_a_row_with_more()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), "email\na@x.example\nb@x.example,Ben\n");

        Assert.Equal((1, 3), (result.Summary.Created, Assert.Single(result.Errors).Line));
    }

    [Theory]
    [InlineData("4.36601E+11")]
    [InlineData("4,36601E+11")]
    [InlineData("4E11")]
    public async Task A_phone_whose_digits_a_spreadsheet_has_lost_is_left_out_and_said(string phone)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email\tphone\na@x.example\t{phone}\nb@x.example\t+43 660 1234567\n");

        Assert.Equal((2, 0, phone), (result.Summary.Created, result.Summary.Failed, Assert.Single(result.Errors).Value));
        Assert.Equal("", (await account.GetContactAsync(1)).Phone);
    }
}
