using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Headers that are none, twice or written otherwise: faults 6, 11 and 13 of the files that a fresh reader tried.</summary>
public sealed class FirstRowTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("Ann <ann@example.org>;Graz\nBen <ben@example.org>;Wien\n")]
    [InlineData("ann@example.org,Ann\nben@example.org,Ben\n")]
    [InlineData("1,2,3\n4,5,6\n")]
    [InlineData("+43 660 1111111\n+43 660 1111112\n")]
    [InlineData("Ann,ann@example.org,Graz\nBen,ben@example.org,Wien\n")]
    public Task A_first_row_of_values_is_refused_with_advice(string file) => RefusedAsync(new(), file, ErrorReason.InvalidField, "headers");

    [Fact]
    public async Task A_first_row_of_values_is_a_row_if_the_columns_have_names()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Headers = { "email", "first name" } }, "ann@example.org,Ann\nben@example.org,Ben\n");

        Assert.Equal(2, result.Summary.Created);
    }

    [Fact]
    public async Task Numbers_may_be_names_of_columns_if_an_option_says_so()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { Columns = { ["1"] = "email" } }, "1,2\nann@example.org,x\n");

        Assert.Equal((1, "ann@example.org"), (result.Summary.Created, (await account.GetContactAsync(1)).Email));
    }

    [Fact]
    public Task A_file_without_any_name_makes_no_empty_contacts() =>
        RefusedAsync(new() { Headerless = true }, "ann@example.org,Ann\n", ErrorReason.InvalidField, "columns[\"1\"]");

    [Fact]
    public Task A_file_of_which_nothing_is_taken_makes_no_empty_contacts() =>
        RefusedAsync(new() { Columns = { ["email"] = "", ["city"] = "" } }, "email,city\nann@example.org,Graz\n", ErrorReason.InvalidField, "no column");

    [Theory]
    [InlineData("email", Type.Number)]
    [InlineData("Mail", Type.Text)]
    [InlineData("phone", Type.Number)]
    public Task A_type_takes_no_attribute_away_from_a_column(string header, Type type) =>
        RefusedAsync(new() { Types_ = { [header] = type } }, $"{header},city\nann@example.org,Graz\n", ErrorReason.InvalidField, $"options.types[\"{header}\"]", "fields.KEY");

    [Fact]
    public async Task A_type_of_a_column_that_is_mapped_to_a_field_counts()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Types_ = { ["phone"] = Type.Number }, Columns = { ["phone"] = "fields.digits" } };

        var result = await Importer.RunAsync(account.Apps, account.Name, options, "email,phone\nann@example.org,1\n");

        Assert.Equal(("digits", Type.Number), result.Summary.FieldsCreated.Select(field => (field.Key, field.Type)).Single());
    }

    [Fact]
    public async Task Columns_are_named_in_any_case()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions
        {
            ExternalIdColumn = "user id",
            TagsColumns = { "tags" },
            Types_ = { ["SCORE"] = Type.Text },
            DateFormats = { ["signed  up"] = "dd.MM.yyyy" },
            Columns = { ["e-mail ADDRESS"] = "email" },
        };

        var result = await Importer.RunAsync(
            account.Apps, account.Name, options, "User ID,E-Mail Address,Tags,Score,Signed Up\nu1,ann@example.org,vip,1,24.12.1990\n");

        Assert.Equal(["vip"], result.Summary.TagsCreated);
        Assert.Equal([("Score", Type.Text), ("Signed Up", Type.Date)], result.Summary.FieldsCreated.Select(field => (field.Key, field.Type)));
        Assert.Equal(("u1", "ann@example.org"), ((await account.GetContactAsync(1)).ExternalId, (await account.GetContactAsync(1)).Email));
    }

    [Theory]
    [InlineData("tags")]
    [InlineData("Tags")]
    [InlineData("Labels")]
    [InlineData("Schlagwörter")]
    public async Task A_column_of_tags_that_becomes_a_field_is_said(string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header}\nann@example.org,vip\n");

        Assert.Equal((Kind.LooksLikeTags, header), result.Summary.Notices.Select(notice => (notice.Kind, notice.Column)).Single());
        Assert.Equal([header], result.Summary.FieldsCreated.Select(field => field.Key));
    }

    [Fact]
    public Task Two_columns_of_one_name_are_refused_with_their_places_and_the_cure() => RefusedAsync(
        new(), "email,city,note,city\nann@example.org,Graz,x,Wien\n", ErrorReason.ImportLine, "2 and 4", "\"city\"", "columns[\"column 4\"]", "--map");

    [Theory]
    [InlineData("fields.second city", "second city")]
    [InlineData("", null)]
    public async Task The_second_of_two_columns_of_one_name_is_named_by_its_place(string target, string? field)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Columns = { ["column 4"] = target } };

        var result = await Importer.RunAsync(account.Apps, account.Name, options, "email,city,note,city\nann@example.org,Graz,x,Wien\n");

        Assert.Equal(["city", "note", .. field is null ? Array.Empty<string>() : [field]], result.Summary.FieldsCreated.Select(created => created.Key));
        Assert.Equal("Graz", (await account.GetContactAsync(1)).Fields.Fields["city"].StringValue);
    }

    [Theory]
    [InlineData("City", "city")]
    [InlineData("first  seen", "First seen")]
    public Task Two_columns_whose_names_differ_in_case_or_white_space_are_refused_with_the_cure(string first, string second) => RefusedAsync(
        new(), $"email,{first},{second}\nann@example.org,Graz,Wien\n", ErrorReason.InvalidField, $"options.columns[\"{second}\"]", $"2 \"{first}\" and 3 \"{second}\"", "fields.KEY");

    [Fact]
    public async Task Fields_that_exist_under_both_names_are_imported_as_they_were_exported()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("City", Type.Text);
        await account.CreateFieldAsync("city", Type.Text);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), "email,City,city\nann@example.org,Graz,Wien\n");

        Assert.Equal(1, result.Summary.Created);
    }

    private async Task RefusedAsync(ImportOptions options, string file, ErrorReason reason, params string[] said)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, options, file));

        error.Is(StatusCode.InvalidArgument, reason);
        Assert.All(said, part => Assert.Contains(part, $"{error.Message} {string.Join(' ', error.Fields)}", StringComparison.Ordinal));
        Assert.Equal(0, await account.PositionAsync());
    }

    [Theory]
    [InlineData("דוא\"ל;first name\nann@example.org;Ann\n", "ann@example.org")]
    [InlineData("size 5\";first name;email\n5;Ann;ann@example.org\n", "ann@example.org")]
    [InlineData("size 5\",first name\n5,Ann\n", "")]
    [InlineData("size 5\"\n5\n", "")]
    public async Task A_quote_in_the_first_header_hides_no_delimiter(string file, string email)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);

        Assert.Equal((1, email), (result.Summary.Created, (await account.GetContactAsync(1)).Email));
        Assert.Empty(result.Summary.Notices);
    }
}
