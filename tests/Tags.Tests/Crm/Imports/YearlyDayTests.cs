using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;
using Kind = Crm.Contacts.V1.ImportNotice.Types.Kind;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Days without a year: row C9 of the reports about other people's files.</summary>
public sealed class YearlyDayTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("", "04/17", "02/29", "--04-17", "--02-29")]
    [InlineData("", "17/04", "05/12", "--04-17", "--12-05")]
    [InlineData("", "17.04.", "29.2.", "--04-17", "--02-29")]
    [InlineData("", "17 Apr", "29 February", "--04-17", "--02-29")]
    [InlineData("", "Apr 17", "May 5", "--04-17", "--05-05")]
    [InlineData("", "--04-17", "--0229", "--04-17", "--02-29")]
    [InlineData("MM/dd", "04/05", "02/29", "--04-05", "--02-29")]
    [InlineData("d-M", "5-4", "29-2", "--04-05", "--02-29")]
    public async Task C9_days_without_a_year_are_kept_as_they_are(string format, string first, string second, string one, string two)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Delimiter = "," };
        if (format.Length > 0)
        {
            options.DateFormats["born"] = format;
        }

        var result = await Importer.RunAsync(account.Apps, account.Name, options, $"email,born\na@example.org,{first}\nb@example.org,{second}\n");

        Assert.Equal((Type.YearlyDay, 0), (Assert.Single(result.Summary.FieldsCreated).Type, result.Summary.Failed));
        Assert.Equal((one, two), (await ReadAsync(account, 1), await ReadAsync(account, 2)));
    }

    [Theory]
    [InlineData("03/04", "05/06")]
    [InlineData("10/12", "12/14")]
    [InlineData("1/2", "3/4")]
    [InlineData("24/7", "24/7")]
    public async Task C9_days_that_do_not_tell_and_sizes_stay_text(string first, string second)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"email,size\na@example.org,{first}\nb@example.org,{second}\n");

        Assert.Equal(Type.Text, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.All(result.Summary.Notices, notice => Assert.Equal(Kind.ValuesInDoubt, notice.Kind));
    }

    [Theory]
    [InlineData("--02-30")]
    [InlineData("02/29")]
    [InlineData("2000-02-29")]
    public async Task C9_a_field_of_yearly_days_takes_nothing_else(string text)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("born", Type.YearlyDay);

        var error = await Expect.FailureAsync(() => account.CreateContactAsync(new() { Fields = TestAccount.Values("born", Value.ForString(text)) }));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField);
    }

    [Fact]
    public async Task C9_filters_find_yearly_days_by_anniversary_and_value()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("born", Type.YearlyDay);
        foreach (var day in new[] { "--02-28", "--02-29", "--03-01", "--12-31" })
        {
            await account.CreateContactAsync(new() { Fields = TestAccount.Values("born", Value.ForString(day)) });
        }

        Assert.Equal([1, 2], await MatchesAsync(account, "anniversary of born is on 2027-02-28"));
        Assert.Equal([2, 3], await MatchesAsync(account, "anniversary of born is on 2027-03-01 with leap day on March first"));
        Assert.Equal([2], await MatchesAsync(account, "anniversary of born is on 2028-02-29"));
        Assert.Equal([2], await MatchesAsync(account, "born = \"--02-29\""));
        Assert.Equal([1, 3, 4], await MatchesAsync(account, "born != \"--02-29\""));
        Assert.Equal([3, 4], await MatchesAsync(account, "born in (\"--03-01\", \"--12-31\")"));
    }

    [Theory]
    [InlineData("born > \"--02-29\"")]
    [InlineData("born = \"02/29\"")]
    [InlineData("born in the last 3 days")]
    public async Task C9_yearly_days_have_no_order_and_one_form(string filter)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("born", Type.YearlyDay);

        await Expect.FailureAsync(() => MatchesAsync(account, filter));
    }

    private static async Task<string> ReadAsync(TestAccount account, int contact) => (await account.GetContactAsync(contact)).Fields.Fields["born"].StringValue;

    private static async Task<IReadOnlyList<int>> MatchesAsync(TestAccount account, string filter)
    {
        var client = new ExportService.ExportServiceClient(account.Apps.Channel(Service.Tags));
        using var call = client.ExportContacts(new() { Account = account.Name, Columns = { "contact_id" }, Source = new() { Text = filter } });
        var text = "";
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            text += part.Data.ToStringUtf8();
        }

        return [.. text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(int.Parse)];
    }
}
