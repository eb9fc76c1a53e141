using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Date-times as programs print them, named formats that do not fit, and names of zones: faults 4, 5 and 12 of the files that a fresh reader tried.</summary>
public sealed class PrintedTimeTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("2023-03-04 10:20:30.123456 +0000 UTC", "2023-03-04T10:20:30.123456Z")]
    [InlineData("2023-03-04 10:20:30.123456789 +0100 CET", "2023-03-04T09:20:30.123456Z")]
    [InlineData("2023-03-04 10:20:30.123456789 +0100 CET m=+0.000012345", "2023-03-04T09:20:30.123456Z")]
    [InlineData("2023-03-04 10:20:30 -0330 NST", "2023-03-04T13:50:30.000000Z")]
    [InlineData("2023-03-04 10:20:30 UTC", "2023-03-04T10:20:30.000000Z")]
    [InlineData("2023-03-04 10:20:30 +0100", "2023-03-04T09:20:30.000000Z")]
    [InlineData("2023-03-04 10:20:30 CET", "2023-03-04T09:20:30.000000Z")]
    [InlineData("2023-03-04 10:20:30.123456+00", "2023-03-04T10:20:30.123456Z")]
    [InlineData("2023-03-04 10:20:30,123", "2023-03-04T10:20:30.123000Z")]
    [InlineData("2023-03-04T10:20:30.123+01:00[Europe/Vienna]", "2023-03-04T09:20:30.123000Z")]
    [InlineData("2023-03-04 10:20:30.1234567 +01:00", "2023-03-04T09:20:30.123456Z")]
    [InlineData("Sat Mar 04 2023 10:20:30 GMT+0100 (Central European Standard Time)", "2023-03-04T09:20:30.000000Z")]
    [InlineData("Sat, 04 Mar 2023 10:20:30 GMT", "2023-03-04T10:20:30.000000Z")]
    [InlineData("Sat, 4 Mar 2023 10:20:30 -0500", "2023-03-04T15:20:30.000000Z")]
    [InlineData("Sat, 4 Mar 2023 10:20:30 EST", "2023-03-04T15:20:30.000000Z")]
    [InlineData("Saturday, March 4, 2023 10:20 AM", "2023-03-04T10:20:00.000000Z")]
    [InlineData("Sat Mar  4 10:20:30 2023", "2023-03-04T10:20:30.000000Z")]
    [InlineData("Sat Mar 04 10:20:30 CET 2023", "2023-03-04T09:20:30.000000Z")]
    [InlineData("Sat Mar 04 10:20:30 +0000 2023", "2023-03-04T10:20:30.000000Z")]
    [InlineData("Mar  4 2023 10:20AM", "2023-03-04T10:20:00.000000Z")]
    [InlineData("Mar  4 2023 10:20:30:123PM", "2023-03-04T22:20:30.123000Z")]
    [InlineData("04 Mar 2023 10:20:30:123", "2023-03-04T10:20:30.123000Z")]
    [InlineData("3/25/2023 10:20:30 AM +01:00", "2023-03-25T09:20:30.000000Z")]
    [InlineData("25.03.2023 10:20:30 MEZ", "2023-03-25T09:20:30.000000Z")]
    public async Task A_time_as_a_program_prints_it_is_one(string text, string expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), $"email\twhen\na@example.org\t{text}\n");

        Assert.Equal(Type.DateTime, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(expected, await ValueAsync(account, 1));
    }

    [Theory]
    [InlineData("2023-03-04 10:20:30 CST")]
    [InlineData("2023-03-04 10:20:30 banana")]
    [InlineData("Sat is not a day, 4:30 neither")]
    [InlineData("45012.5")]
    public async Task What_only_resembles_a_time_is_none(string text)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), $"email\twhen\na@example.org\t{text}\n");

        Assert.NotEqual(Type.DateTime, Assert.Single(result.Summary.FieldsCreated).Type);
    }

    [Fact]
    public async Task The_time_of_creation_is_read_as_listmonk_prints_it()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), "email\tcreated_at\na@example.org\t2023-03-04 10:20:30.123456 +0000 UTC\n");

        Assert.Empty(result.Errors);
        Assert.Equal(new DateTime(2023, 3, 4, 10, 20, 30, DateTimeKind.Utc).AddTicks(1_234_560), (await account.GetContactAsync(1)).CreateTime.ToDateTime());
    }

    [Theory]
    [InlineData("45012", Type.Date, "2023-03-27")]
    [InlineData("45012.5", Type.DateTime, "2023-03-27T12:00:00.000000Z")]
    public async Task The_days_of_spreadsheets_are_dates_if_an_option_says_so(string text, Type type, string expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { DateFormats = { ["when"] = "excel" } }, $"email\twhen\na@example.org\t{text}\n");

        Assert.Equal(type, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(expected, await ValueAsync(account, 1));
    }

    [Theory]
    [InlineData("dd.MM.yyyy", "24.12.1990", "12/24/1990")]
    [InlineData("MM/dd", "02/28", "02/30")]
    [InlineData("unix", "1677925230", "1677925230123")]
    [InlineData("dd.MM.yyyy HH:mm", "24.12.1990 10:20", "24.12.1990")]
    public async Task A_value_that_does_not_fit_the_form_named_for_its_column_is_a_bad_value(string format, string good, string bad)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new() { DateFormats = { ["when"] = format } }, $"email\twhen\na@example.org\t{good}\nb@example.org\t{bad}\n");

        Assert.NotEqual(Type.Text, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal((3L, "when", bad), result.Errors.Select(error => (error.Line, error.Column, error.Value)).Single());
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Contains($"\"{bad}\" in line 3", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dd.MM.yyyy", "12/24/1990")]
    [InlineData("unix", "1677925230123")]
    [InlineData("MM/dd", "30.02.")]
    [InlineData("d 'o''clock' y", "5 o'clock")]
    public async Task A_form_that_no_value_of_its_column_has_is_refused(string format, string value)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => ImportAsync(account, new() { DateFormats = { ["when"] = format } }, $"email\twhen\na@example.org\t{value}\n"));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.date_formats[\"when\"]");
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await account.PositionAsync());
    }

    [Fact]
    public async Task A_form_of_dates_for_a_field_of_another_type_is_refused()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("when", Type.Text);

        var error = await Expect.FailureAsync(() => ImportAsync(account, new() { DateFormats = { ["when"] = "dd.MM.yyyy" } }, "email\twhen\na@example.org\t24.12.1990\n"));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.date_formats[\"when\"]");
    }

    [Theory]
    [InlineData("24.12.1990\n25.12.1990\n26.12.1990\n12/24/1990", "when", "line 5")]
    [InlineData("12/24/1990\n12/25/1990", "when", "line 2")]
    [InlineData("red\ngreen", "", "dd.MM.yyyy")]
    public async Task A_form_for_all_columns_that_too_few_values_have_is_said(string values, string column, string said)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var rows = string.Concat(values.Split('\n').Select((value, index) => $"{index}@example.org\t{value}\n"));

        var result = await ImportAsync(account, new() { DateFormat = "dd.MM.yyyy" }, $"email\twhen\n{rows}");

        Assert.Equal((Type.Text, 0), (Assert.Single(result.Summary.FieldsCreated).Type, result.Summary.Failed));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal((Kind.ValuesInDoubt, column), (notice.Kind, notice.Column));
        Assert.Contains(said, notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UTC+05:30", "Asia/Kolkata")]
    [InlineData("GMT+5:30", "Asia/Kolkata")]
    [InlineData("+0545", "Asia/Kathmandu")]
    [InlineData("UTC-3", "Etc/GMT+3")]
    [InlineData("UTC−05:00", "Etc/GMT+5")]
    [InlineData("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York")]
    [InlineData("(UTC-06:00) Central Time (US & Canada)", "America/Chicago")]
    [InlineData("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Vienna")]
    [InlineData("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata")]
    [InlineData("(GMT+09:00) Osaka, Sapporo, Tokyo", "Asia/Tokyo")]
    [InlineData("(GMT+01:00) Nowhere", "Etc/GMT-1")]
    [InlineData("Eastern Time - New York", "America/New_York")]
    [InlineData("Pacific Time (US & Canada)", "America/Los_Angeles")]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("Central European Summer Time", "Europe/Warsaw")]
    [InlineData("Eastern Daylight Time", "America/New_York")]
    [InlineData("Vienna", "Europe/Vienna")]
    [InlineData("new york", "America/New_York")]
    [InlineData("PST", "America/Los_Angeles")]
    [InlineData("CEST", "CET")]
    [InlineData("JST", "Asia/Tokyo")]
    public async Task A_zone_by_any_usual_name_is_known(string name, string expected)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), $"email\ttime zone\na@example.org\t{name}\n");

        Assert.Empty(result.Errors);
        Assert.Equal(expected, (await account.GetContactAsync(1)).TimeZone);
    }

    [Theory]
    [InlineData("CST")]
    [InlineData("BST")]
    [InlineData("+43 1 234")]
    [InlineData("UTC+25")]
    [InlineData("UTC+05:17")]
    [InlineData("Standard Time")]
    public async Task A_name_of_several_zones_or_none_is_not_guessed(string name)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, new(), $"email\ttime zone\na@example.org\t{name}\n");

        Assert.True(Assert.Single(result.Errors).ValueDropped);
        Assert.Equal("", (await account.GetContactAsync(1)).TimeZone);
    }

    private static Task<Importer> ImportAsync(TestAccount account, ImportOptions options, string text)
    {
        options.Delimiter = "\t";
        return Importer.RunAsync(account.Apps, account.Name, options, text);
    }

    private static async Task<string> ValueAsync(TestAccount account, int contactId) => (await account.GetContactAsync(contactId)).Fields.Fields["when"].StringValue;
}
