using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Numbers that count from a moment, in another way than their option says: they were other times without a word (the kind of row C10).</summary>
public sealed class EpochFormTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("unix_ms", "unix", "1709280000", "1614853230", "946684800")]
    [InlineData("unix_ms", "unix", "1709280000.5", "0", "1614853230")]
    [InlineData("unix", "unix_ms", "1709280000123", "1614853230456", "1000000000000")]
    [InlineData("unix", "unix_ms", "99999999999", "120000000000", "150000000000")]
    [InlineData("unix", "excel", "45000", "44197", "41000.5")]
    [InlineData("unix_ms", "excel", "45000", "44197", "41000")]
    [InlineData("excel", "unix", "1709280000", "1614853230", "946684800")]
    [InlineData("excel", "unix_ms", "1709280000123", "1614853230456", "1000000000000")]
    [InlineData("unix", "yyyyMMdd", "20240301", "20231231", "19990101")]
    public async Task C10_a_form_that_would_put_all_values_into_1970_or_far_away_is_refused_with_the_one_that_fits(string named, string meant, params string[] cells)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var error = await Expect.FailureAsync(() => ImportAsync(account, named, cells));
        var right = await ImportAsync(account, meant, cells);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.date_formats[\"f\"]");
        Assert.Contains($"look like {meant}:", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, right.Summary.Created);
    }

    [Theory]
    [InlineData("unix", "1709280000", "-86400", "0")]
    [InlineData("unix", "0", "0", "0")]
    [InlineData("unix_ms", "1709280000123", "-1", "86400000")]
    [InlineData("unix_ms", "5", "10", "15")]
    [InlineData("excel", "45000", "100", "2")]
    public async Task C10_times_that_can_be_meant_are_taken(string named, params string[] cells)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await ImportAsync(account, named, cells);

        Assert.Contains(Assert.Single(result.Summary.FieldsCreated).Type, new[] { Type.Date, Type.DateTime });
    }

    private static Task<Importer> ImportAsync(TestAccount account, string format, string[] cells) => Importer.RunAsync(
        account.Apps, account.Name, new() { DateFormats = { ["f"] = format } }, "first name,f\n" + string.Concat(cells.Select(cell => $"Ada,{cell}\n")));
}
