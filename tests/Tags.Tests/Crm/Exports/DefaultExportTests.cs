using Crm.Contacts.V1;
using Crm.Errors.V1;
using CsCheck;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Xunit.Abstractions;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Exports;

/// <summary>
/// "A file that the product exported comes back to the same state" (row C5 of the page of faults), for the export that people make: of all columns, with
/// no option on the way back, into an account that has nothing.
/// </summary>
public sealed class DefaultExportTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task C5_an_export_of_all_columns_makes_the_same_in_a_new_account_and_again_the_same_export()
    {
        await Gen.Int[0, int.MaxValue].SampleAsync(
            async seed =>
            {
                output.WriteLine($"seed {seed}");
                var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
                await ExportedPeople.FillAsync(from, new Random(seed), people: 30);
                var file = await ExportAsync(from);

                var import = await Importer.RunAsync(to.Apps, to.Name, new(), file);

                Assert.Empty(import.Errors);
                Assert.Equal([ImportNotice.Types.Kind.ExportKnown], import.Summary.Notices.Select(notice => notice.Kind).Distinct());
                Assert.Equal(file, await ExportAsync(to));
                Assert.Equal(await ExportedPeople.RefusalsAsync(from), await ExportedPeople.RefusalsAsync(to));

                // Once more, there and back: nothing changes.
                var again = await Importer.RunAsync(to.Apps, to.Name, new(), file);
                Assert.Equal((0, 0, 30), (again.Summary.Created, again.Summary.Updated, again.Summary.Unchanged));
                var back = await Importer.RunAsync(from.Apps, from.Name, new(), await ExportAsync(to));
                Assert.Equal((0, 0, 30), (back.Summary.Created, back.Summary.Updated, back.Summary.Unchanged));
                Assert.Equal(file, await ExportAsync(from));
            },
            iter: 4,
            threads: 1,
            writeLine: output.WriteLine);
    }

    // Where contacts were deleted, numbers are missing: those of the new account differ, and people are known by their addresses.
    [Fact]
    public async Task C5_where_numbers_are_missing_people_are_the_same_all_the_same()
    {
        var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
        foreach (var email in new[] { "gone@x.example", "ann@x.example", "ann@x.example", "", "bob@x.example" })
        {
            await from.NewContactAsync(new() { Email = email, FirstName = email.Length == 0 ? "Nobody" : "Ann", ExternalId = email.StartsWith("bob", StringComparison.Ordinal) ? "b" : "" });
        }

        await from.DeleteContactAsync(1);
        var file = await ExportAsync(from);

        var first = await Importer.RunAsync(to.Apps, to.Name, new(), file);
        var second = await Importer.RunAsync(to.Apps, to.Name, new(), file);
        var back = await Importer.RunAsync(from.Apps, from.Name, new(), await ExportAsync(to));

        Assert.Equal((4, 0, 0), (first.Summary.Created, first.Summary.Updated, first.Summary.Unchanged));
        // Nothing but the number tells who has neither an id nor an address.
        Assert.Equal((1, 0, 3), (second.Summary.Created, second.Summary.Updated, second.Summary.Unchanged));
        Assert.Equal((2, 0, 3), (back.Summary.Created, back.Summary.Updated, back.Summary.Unchanged));
        Assert.Equal(file, await ExportAsync(from, "contact_id <= 5"));
    }

    [Fact]
    public async Task C5_what_the_file_changes_is_changed_and_what_an_option_says_holds()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.NewContactAsync(new() { Email = "ann@x.example", FirstName = "Ann" });
        var file = (await ExportAsync(account)).Replace(",Ann,", ",Anna,", StringComparison.Ordinal);

        var plan = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, file);
        Assert.Equal((0, 1), (plan.Summary.Created, plan.Summary.Updated));
        // Another account's number is nobody here: the time of creation tells.
        var other = await Importer.RunAsync(account.Apps, account.Name, new() { DryRun = true }, file.Replace("ann@x", "eve@x", StringComparison.Ordinal).Replace("\r\n1,", "\r\n7,", StringComparison.Ordinal));
        Assert.Equal((1, 0), (other.Summary.Created, other.Summary.Updated));

        var import = await Importer.RunAsync(account.Apps, account.Name, new(), file);
        Assert.Equal((0, 1), (import.Summary.Created, import.Summary.Updated));
        Assert.Equal("Anna", (await account.GetContactAsync(1)).FirstName);

        var foreign = await Importer.RunAsync(account.Apps, account.Name, new() { Columns = { ["contact_id"] = "" }, DryRun = true }, file);
        Assert.DoesNotContain(foreign.Summary.Notices, notice => notice.Kind == ImportNotice.Types.Kind.ExportKnown);
        Assert.Single(foreign.Errors, error => error.Column == "external_id");
    }

    [Fact]
    public async Task E8_columns_of_exports_are_understood_as_fields_in_filters_are()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("Company", Type.Text);
        await account.CreateFieldAsync("zip", Type.Text);
        await account.CreateFieldAsync("ZIP", Type.Text);
        await account.NewContactAsync(new() { FirstName = "Ann", Fields = TestAccount.Values("Company", Value.ForString("Acme")) });

        Assert.Equal("first_name,Company\r\nAnn,Acme\r\n", await ExportAsync(account, "everyone", "First Name", "company"));
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => ExportAsync(account, "everyone", "Zip"), "columns[0]");
    }

    private static Task<string> ExportAsync(TestAccount account, string filter = "everyone", params string[] columns) =>
        ExportedPeople.ExportAsync(account, new() { Source = new() { Text = filter }, Columns = { columns } });
}
