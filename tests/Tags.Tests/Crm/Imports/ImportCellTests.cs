using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Cells as other tools write them: section C of the reports about other people's files.</summary>
public sealed class ImportCellTests(SharedApps shared) : IClassFixture<SharedApps>
{
    public static TheoryData<string, string[]> TagCells => new()
    {
        { "\"vip, news\"", ["news", "vip"] },
        { "\"\"\"VIP\"\",\"\"Client 2024\"\"\"", ["Client 2024", "VIP"] },
        { "\"\"\"a, b\"\";c\"", ["a, b", "c"] },
        { "a;b", ["a", "b"] },
        { "\"a;b, c ,,\"", ["a", "b", "c"] },
        { "\"say \"\"hi\"\" now\"", ["say \"hi\" now"] },
        { "\"[\"\"VIP\"\", \"\"News, weekly\"\"]\"", ["News, weekly", "VIP"] },
        { "\"['VIP', 'O\\'Hara']\"", ["O'Hara", "VIP"] },
        { "\"{VIP,\"\"News, weekly\"\"}\"", ["News, weekly", "VIP"] },
        { "{O'Hara}", ["O'Hara"] },
        { "[VIP]", ["[VIP]"] },
        { "\"[2024];[2025]\"", ["[2024]", "[2025]"] },
        { "{{ name }}", ["{{ name }}"] },
    };

    [Theory]
    [MemberData(nameof(TagCells))]
    public async Task C1_C2_a_cell_of_a_comma_file_holds_several_tags(string cell, string[] tags)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new() { TagsColumns = { "tags" } }, $"email,tags\na@example.org,{cell}\n");

        Assert.Equal(tags, await account.TagsOfAsync(1));
    }

    [Theory]
    [InlineData("ann@example.org\u200B", "+43 660 1234567")]
    [InlineData("\uFEFFann@example.org", "\u202A+43 660 1234567\u202C")]
    [InlineData("ann@ex\u00ADample.org", "+43\u2060660 1234567")]
    [InlineData("\u200Eann@example.org\u200F ", "\u200E+43 660 1234567")]
    public async Task A1_A5_marks_that_nobody_sees_make_no_other_address_or_number(string email, string phone)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await Importer.RunAsync(account.Apps, account.Name, new() { MatchEmail = true }, "email,phone,n\nann@example.org,+43 660 1234567,1\n");

        var again = await Importer.RunAsync(account.Apps, account.Name, new() { MatchEmail = true }, $"email,phone,n\n{email},{phone},2\n");

        Assert.Equal((0, 1), (again.Summary.Created, again.Summary.Updated));
        var contact = await account.GetContactAsync(1);
        Assert.Equal(("ann@example.org", "+436601234567"), (contact.Email, contact.Phone.Replace(" ", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task C3_C19_each_column_has_separators_and_a_prefix_of_its_own()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions
        {
            Tags =
            {
                ["kinds"] = new() { Separators = { ",", ";", "|" }, Prefix = "Kind: " },
                ["jobs"] = new() { Separators = { " / " } },
                ["title"] = new() { Single = true, Prefix = "T: " },
            },
        };

        await Importer.RunAsync(account.Apps, account.Name, options, "kinds,jobs,title\n\"a, b;c|d , a\",cook / driver,\"Dr, med\"\n");

        Assert.Equal(["Kind: a", "Kind: b", "Kind: c", "Kind: d", "T: Dr, med", "cook", "driver"], await account.TagsOfAsync(1));
    }

    [Theory]
    [InlineData("\"a, b;c|d , a\"", "a b c d", ",", ";", "|")]
    [InlineData("a / b/c", "a b/c", " / ")]
    [InlineData("\"#a #b,#c\"", "a b c", "#", ",")]
    [InlineData("a&&b&c", "a b&c", "&&")]
    [InlineData("||a||||b||", "a b", "||")]
    public async Task C3_any_separators_can_be_named(string cell, string tags, params string[] separators)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Delimiter = "\t", Tags = { ["tags"] = new() { Separators = { separators } } } };

        await Importer.RunAsync(account.Apps, account.Name, options, $"email\ttags\na@example.org\t{cell}\n");

        Assert.Equal(tags.Split(' '), await account.TagsOfAsync(1));
    }

    [Theory]
    [InlineData("|", "email,name\na@example.org,Ann\n")]
    [InlineData(";", "email\tname\na@example.org\tAnn\n")]
    [InlineData(",", "email;name\na@example.org;Ann\n")]
    public async Task C7_a_wrong_delimiter_is_refused_and_leaves_nothing(string delimiter, string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { Delimiter = delimiter }, file));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.delimiter");
        Assert.Equal(0, await account.PositionAsync());
    }

    [Theory]
    [InlineData("name,city\nAnn,Graz\n")]
    [InlineData("name,phone\nAnn,+43 1 23\n")]
    [InlineData("customer no;city\n1;Graz\n")]
    [InlineData("{\"name\": \"Ann\"}\n")]
    [InlineData("External ID,email\n1,a@example.org\n")]
    [InlineData("email;external_id\na@example.org;1\n")]
    [InlineData("EXTERNAL-ID,Email\n1,a@example.org\n")]
    [InlineData("{\"external_id\": \"1\", \"email\": \"a@example.org\"}\n")]
    public async Task A7_A8_a_key_that_the_file_does_not_have_or_contradicts_is_refused(string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { MatchEmail = true }, file));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.match_email");
        Assert.Equal(0, await account.PositionAsync());
    }

    [Fact]
    public async Task C8_empty_cells_after_the_last_column_and_columns_without_a_header_do_no_harm()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), "email,city,,\na@example.org,Graz,,,\nb@example.org,Wien,x,,,\nc@example.org,Linz,,,y\n");

        Assert.Equal((2, 1), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal(["city"], result.Summary.FieldsCreated.Select(field => field.Key));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((ImportNotice.Types.Kind.ColumnSkipped, "column 3", 1), (notice.Kind, notice.Column, notice.Rows));
    }

    [Theory]
    [InlineData("email,city\na@example.org,Graz,\nb@example.org,Wien,,,\n", 2, 0, "city")]
    [InlineData("email;city;\na@example.org;Graz\nb@example.org;Wien;;\n", 1, 1, "city")]
    [InlineData(",email,,city\n,a@example.org,,Graz\n,b@example.org,,Wien\n", 2, 0, "city")]
    [InlineData("email\tcity\t \t\na@example.org\tGraz\t \t\t\n", 1, 0, "city")]
    public async Task C8_commas_at_the_ends_of_rows_and_of_the_header_do_no_harm(string file, int created, int failed, string fields)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), file);

        Assert.Equal((created, failed), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal(fields, string.Join(' ', result.Summary.FieldsCreated.Select(field => field.Key)));
    }

    [Theory]
    [InlineData("25/03/2021 08:00", "dd/MM/yyyy HH:mm", Type.DateTime, "2021-03-25T08:00:00.000000Z")]
    [InlineData("25-03-2021 10:20", "dd-MM-yyyy HH:mm", Type.DateTime, "2021-03-25T10:20:00.000000Z")]
    [InlineData("3/5/2021 1:05 PM", "M/d/yyyy h:mm tt", Type.DateTime, "2021-03-05T13:05:00.000000Z")]
    [InlineData("2021-03-04 10:20:30 UTC", "", Type.DateTime, "2021-03-04T10:20:30.000000Z")]
    [InlineData("2021-03-04 10:20:30 GMT", "", Type.DateTime, "2021-03-04T10:20:30.000000Z")]
    [InlineData("25.03.2021", "dd.MM.yyyy", Type.Date, "2021-03-25")]
    public async Task C10_a_format_with_a_time_makes_a_date_time(string cell, string format, Type type, string expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { DateFormats = { ["when"] = format } }, $"email,when\na@example.org,{cell}\n");

        Assert.Equal(type, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(expected, (await account.GetContactAsync(1)).Fields.Fields["when"].StringValue);
    }

    [Theory]
    [InlineData("HH:mm")]
    [InlineData("'y' dd")]
    [InlineData("MMMM")]
    public async Task C9_a_format_without_a_year_or_the_day_of_a_month_is_refused(string format)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var common = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { DateFormat = format }, "a\n1\n"));
        var own = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { DateFormats = { ["a"] = format } }, "a\n1\n"));

        common.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.date_format");
        own.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.date_formats[\"a\"]");
    }

    [Theory]
    [InlineData("Europe/Vienna", "Europe/Vienna")]
    [InlineData("europe/vienna", "Europe/Vienna")]
    [InlineData("US/Eastern", "US/Eastern")]
    [InlineData("Eastern Standard Time", "America/New_York")]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("America/New York", "America/New_York")]
    [InlineData("GMT+1", "Etc/GMT-1")]
    [InlineData("UTC-05:00", "Etc/GMT+5")]
    [InlineData("+0200", "Etc/GMT-2")]
    [InlineData("GMT+0", "GMT+0")]
    [InlineData("UTC +0", "Etc/UTC")]
    public async Task C14_zones_are_known_by_their_aliases(string zone, string expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new(), $"email,time zone\na@example.org,{zone}\n");

        Assert.Equal(expected, (await account.GetContactAsync(1)).TimeZone);
    }

    [Theory]
    [InlineData("time zone", "Mars/Olympus")]
    [InlineData("time zone", "CST")]
    [InlineData("time zone", "IST")]
    [InlineData("time zone", "+99")]
    [InlineData("language", "speaks German")]
    public async Task C14_E10_a_zone_or_language_that_is_unknown_costs_the_value_and_is_shown(string header, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header}\na@example.org,{value}\n");

        Assert.Equal((1, 0, 1), (result.Summary.Created, result.Summary.Failed, result.Summary.RowsWithDroppedValues));
        var error = Assert.Single(result.Errors);
        Assert.Equal((header, value, true), (error.Column, error.Value, error.ValueDropped));
        Assert.Equal(("", ""), ((await account.GetContactAsync(1)).TimeZone, (await account.GetContactAsync(1)).Language));
    }

    [Theory]
    [InlineData(true, 2, 0, 1)]
    [InlineData(false, 1, 1, 0)]
    public async Task C21_a_row_is_imported_without_its_bad_values_if_the_import_is_told_so(bool drops, int created, int failed, int dropped)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("born", Type.Date);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { DropBadValues = drops }, "email,born\na@example.org,2000-01-01\nb@example.org,yesterday\n");

        Assert.Equal((created, failed, dropped), (result.Summary.Created, result.Summary.Failed, result.Summary.RowsWithDroppedValues));
        var error = Assert.Single(result.Errors);
        Assert.Equal(("born", "yesterday", drops), (error.Column, error.Value, error.ValueDropped));
    }

    [Fact]
    public async Task C21_a_bad_key_refuses_its_row_always()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { DropBadValues = true, MatchEmail = true }, "email,city\nnobody,Graz\n");

        Assert.Equal((0, 1), (result.Summary.Created, result.Summary.Failed));
    }
}
