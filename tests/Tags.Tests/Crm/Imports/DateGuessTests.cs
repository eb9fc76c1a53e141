using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Dates of a column, found from all its values: C4 and C10 of the reports about other people's files.</summary>
public sealed class DateGuessTests(SharedApps shared) : IClassFixture<SharedApps>
{
    public static TheoryData<string[], string[]> Dates => new()
    {
        { ["25/03/2021", "03/04/2021"], ["2021-03-25", "2021-04-03"] },
        { ["3/25/2021", "3/4/2021"], ["2021-03-25", "2021-03-04"] },
        { ["25.3.2021", "01.04.2021"], ["2021-03-25", "2021-04-01"] },
        { ["2021/3/4", "2021/12/31"], ["2021-03-04", "2021-12-31"] },
        { ["4 Mar 2021", "5 March 2021"], ["2021-03-04", "2021-03-05"] },
        { ["Mar 4, 2021", "December 31, 2021"], ["2021-03-04", "2021-12-31"] },
        { ["04-Mar-2021"], ["2021-03-04"] },
        { ["4. 3. 2021", "25. 12. 2021"], ["2021-03-04", "2021-12-25"] },
        { ["04.03.2021.", "25. 3. 2021."], ["2021-03-04", "2021-03-25"] },
        { ["2021. 03. 04.", "2021. 3. 25."], ["2021-03-04", "2021-03-25"] },
        { ["4. 3. 2021 8:05", "25. 3. 2021 10:20:30"], ["2021-03-04T08:05:00.000000Z", "2021-03-25T10:20:30.000000Z"] },
        { ["March 4th, 2021", "Dec 22nd, 2021", "May 3rd, 2021", "June 1st, 2021"], ["2021-03-04", "2021-12-22", "2021-05-03", "2021-06-01"] },
        { ["4th March 2021", "22nd Dec 2021"], ["2021-03-04", "2021-12-22"] },
        { ["04/Mar/2021:10:20:30 +0100", "25/Dec/2021:00:00:01 +0000"], ["2021-03-04T09:20:30.000000Z", "2021-12-25T00:00:01.000000Z"] },
        { ["25/03/2021 08:00", "01/04/2021 09:30:15"], ["2021-03-25T08:00:00.000000Z", "2021-04-01T09:30:15.000000Z"] },
        { ["25-03-2021 10:20"], ["2021-03-25T10:20:00.000000Z"] },
        { ["3/25/2021 1:05 PM", "3/4/2021, 12:00:01 am"], ["2021-03-25T13:05:00.000000Z", "2021-03-04T00:00:01.000000Z"] },
        { ["2021-03-04 10:20:30 UTC", "2021-03-04T10:20:30+02:00"], ["2021-03-04T10:20:30.000000Z", "2021-03-04T08:20:30.000000Z"] },
        { ["2021-03-04 10:20:30 +0100", "2021-03-04 10:20:30 GMT"], ["2021-03-04T09:20:30.000000Z", "2021-03-04T10:20:30.000000Z"] },
        { ["Thu, 04 Mar 2021 10:20:30 +0000", "Thu, 04 Mar 2021 10:20:30 GMT"], ["2021-03-04T10:20:30.000000Z", "2021-03-04T10:20:30.000000Z"] },
        { ["3/25/2021, 1:05:06\u202FPM"], ["2021-03-25T13:05:06.000000Z"] },
    };

    [Theory]
    [MemberData(nameof(Dates))]
    public async Task C10_dates_and_date_times_are_read_by_what_all_values_say(string[] cells, string[] times)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new(), cells, account);

        Assert.Equal(times[0].Length > 10 ? Type.DateTime : Type.Date, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal(times, await ReadAsync(account, cells.Length, value => value.StringValue));
    }

    [Theory]
    [InlineData("03/04/2021", "12/11/2020")]
    [InlineData("03-04-2021 10:00", "05-06-2021 11:00")]
    [InlineData("25/03/2021", "03/25/2021")]
    public async Task C10_dates_that_do_not_tell_day_from_month_are_text_with_a_word_about_it(string first, string second)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(new(), [first, second], account);

        Assert.Equal(Type.Text, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal([first, second], await ReadAsync(account, 2, value => value.StringValue));
        var notice = Assert.Single(result.Summary.Notices);
        Assert.Equal(Kind.ValuesInDoubt, notice.Kind);
        Assert.Contains("date_formats", notice.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("03/04/2021,13/04/2021,05/06/2021,14/06/2021", "2021-04-03,2021-06-05")]
    [InlineData("03/04/2021,04/13/2021,05/06/2021,06/14/2021", "2021-03-04,2021-05-06")]
    [InlineData("03-04-2021,13/04/2021,05-06-2021,14/06/2021", "2021-04-03,2021-06-05")]
    [InlineData("03/04/2021 10:00,04-13-2021,05/06/2021 11:00,06-14-2021", "2021-03-04T10:00:00.000000Z,2021-05-06T11:00:00.000000Z")]
    [InlineData("03/04/2021,13/04/2021,05/06/2021,04/13/2021", "03/04/2021,05/06/2021")]
    [InlineData("03/04/2021,13.04.2021,05/06/2021,14.06.2021", "03/04/2021,05/06/2021")]
    [InlineData("03/04,13/04/2021,04/05,14/06/2021", "03/04,04/05")]
    public async Task C10_columns_of_one_file_tell_for_each_other_which_comes_first(string cells, string values)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var parts = cells.Split(',');

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"first name,f,g\nAda,{parts[0]},{parts[1]}\nEva,{parts[2]},{parts[3]}\n");

        Assert.Equal(values.Split(','), await ReadAsync(account, 2, value => value.StringValue));
        // It is said in any case.
        Assert.Contains(result.Summary.Notices, notice => notice.Column == "f");
    }

    [Theory]
    [InlineData("0000-00-00", "2021-03-04")]
    [InlineData("0000-00-00 00:00:00", "2021-03-04 10:20:30")]
    [InlineData("00.00.0000", "04.03.2021")]
    [InlineData("00/00/0000", "25/03/2021")]
    [InlineData("0.0.00", "4.3.2021")]
    public async Task C10_what_stands_for_no_date_is_none(string none, string date)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"first name,f,created\nAda,{date},{date}\nEva,{none},{none}\n");

        Assert.Contains(Assert.Single(result.Summary.FieldsCreated).Type, new[] { Type.Date, Type.DateTime });
        Assert.Empty(result.Errors);
        Assert.Empty((await account.GetContactAsync(2)).Fields.Fields);
    }

    [Theory]
    [InlineData("Create Date (GMT+2)", "2021-03-04T08:20:00")]
    [InlineData("Created (UTC)", "2021-03-04T10:20:00")]
    [InlineData("Created at [America/New_York]", "2021-03-04T15:20:00")]
    [InlineData("Created (CEST)", "2021-03-04T09:20:00")]
    [InlineData("Created (EST)", "2021-03-04T15:20:00")]
    [InlineData("Created", "2021-03-04T09:20:00")]
    public async Task C10_a_header_may_name_the_zone_of_its_times(string header, string time)
    {
        var account = new TestAccount(shared.Apps, await shared.Apps.NewAccountAsync("Europe/Vienna"));

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,{header},Seen{header[header.Split(' ')[0].Length..]}\na@example.org,2021-03-04 10:20,2021-03-04 10:20\n");

        var contact = await account.GetContactAsync(1);
        Assert.Equal(time, contact.CreateTime.ToDateTime().ToString("s", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Single(result.Summary.FieldsCreated);
    }

    [Theory]
    [InlineData("unix", "1614853230", "2021-03-04T10:20:30.000000Z")]
    [InlineData("unix", "-1.5", "1969-12-31T23:59:58.500000Z")]
    [InlineData("unix_ms", "1614853230123", "2021-03-04T10:20:30.123000Z")]
    public async Task C10_seconds_since_1970_are_times_by_option_only(string format, string cell, string time)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var asked = await ImportAsync(new() { DateFormats = { ["f"] = format } }, [cell], account);
        var unasked = await ImportAsync(new(), [cell]);

        Assert.Equal((Type.DateTime, Type.Number), (asked.Summary.FieldsCreated[0].Type, unasked.Summary.FieldsCreated[0].Type));
        Assert.Equal([time], await ReadAsync(account, 1, value => value.StringValue));
    }

    [Fact]
    public async Task C4_C10_a_date_of_any_form_in_a_column_of_opt_outs_refuses()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new(), "email,UNSUB_TIME\na@example.org,25/03/2021 08:00\nb@example.org,\nc@example.org,01/02/2020 10:00\n");

        Assert.Equal(2, result.Summary.RefusalsFound);
        var consent = (await account.GetContactAsync(3)).Consents.Single(each => each.State == Consent.Types.State.Unsubscribed);
        Assert.Equal((Consent.Types.State.Unsubscribed, new DateTime(2020, 2, 1, 10, 0, 0)), (consent.State, consent.Time.ToDateTime()));
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
