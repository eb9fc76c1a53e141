using System.Text;
using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Crm.Exports;
using TagSegments.Tags.Tests.Crm.Contacts;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Tags.Tests.Crm.Exports;

public class ExportTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49 1", "'+49 1")]
    [InlineData("-x", "'-x")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\rx", "'\rx")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    public void Disarms_what_a_spreadsheet_would_run(string text, string expected) => Assert.Equal(expected, CsvText.Disarm(text));

    [Fact]
    public async Task Exports_the_columns_asked_for()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        await account.FieldAsync("score", Field.Types.Type.Number);
        await account.FieldAsync("note", Field.Types.Type.Text);
        await account.CreateAsync(new() { ExternalId = "a", Phone = "+43 1", Fields = CrmAccount.Values("score", Value.ForNumber(-1.5)) });
        await account.CreateAsync(new() { ExternalId = "b", Fields = CrmAccount.Values("note", Value.ForString("say \"hi\",\nthen go")) });
        await account.Apps.Tags.AddTagsAsync(new() { Account = account.Name, ContactId = 1, TagNames = { "VIP", "=cmd" }, CreateMissing = true });

        var file = await ExportAsync(account, new() { Columns = { "external_id", "phone", "score", "fields.note", "tags" } });

        Assert.Equal(
            "external_id,phone,score,fields.note,tags\r\na,'+43 1,-1.5,,\"'=cmd;VIP\"\r\nb,,,\"say \"\"hi\"\",\nthen go\",\r\n", file);
    }

    [Fact]
    public async Task Exports_texts_as_they_are_for_programs()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        await account.CreateAsync(new() { Phone = "+43 1" });

        Assert.Equal("phone\r\n+43 1\r\n", await ExportAsync(account, new() { Columns = { "phone" }, Raw = true }));
    }

    [Fact]
    public async Task Exports_a_smart_list_only()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        await account.CreateAsync(new() { FirstName = "Ada" });
        await account.CreateAsync(new() { FirstName = "Eva" });
        await account.CreateAsync(new() { FirstName = "Ida" });
        var tags = await account.Apps.Tags.AddTagsAsync(new() { Account = account.Name, ContactId = 3, TagNames = { "In" }, CreateMissing = true });
        await account.Apps.SmartLists.CreateSmartListAsync(new()
        {
            Account = account.Name,
            SmartList = new() { Name = "Some", IncludeTagId = tags.AddedTagIds[0] },
            Text = "first_name = \"Ada\"",
        });

        Assert.Equal(
            "first_name\r\nAda\r\nIda\r\n",
            await ExportAsync(account, new() { Columns = { "first_name" }, Source = new() { SmartListName = "Some" } }));
    }

    [Fact]
    public async Task Exports_a_segment_only()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        await account.CreateAsync(new() { FirstName = "Ada" });
        await account.CreateAsync(new() { FirstName = "Eva" });

        Assert.Equal(
            "contact_id\r\n2\r\n", await ExportAsync(account, new() { Columns = { "contact_id" }, Source = new() { Text = "first_name = \"Eva\"" } }));
    }

    [Fact]
    public async Task An_export_can_be_imported_again_and_changes_nothing()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "external_id", TagsColumns = { "tags" } };
        var rows = string.Concat(Enumerable.Range(1, 2_500).Select(i => $"{i},ada{i}@example.org,{i % 7},T{i % 3}\n"));
        await Importer.RunAsync(account.Apps, account.Name, options, "external_id,email,score,tags\n" + rows);

        var file = await ExportAsync(account, new() { Columns = { "external_id", "email", "score", "tags" } });
        var again = await Importer.RunAsync(account.Apps, account.Name, options, file);

        Assert.Equal((2_500, 0, 0), (again.Summary.Unchanged, again.Summary.Updated, again.Summary.TagsAdded));
    }

    [Fact]
    public async Task Refuses_unknown_columns_and_bad_filters_and_sends_nothing()
    {
        var account = await CrmAccount.NewAsync(shared.Apps);

        var columns = await Errors.OfAsync(() => ExportAsync(account, new() { Columns = { "email", "nope" } }));
        var filter = await Errors.OfAsync(() => ExportAsync(account, new() { Source = new() { Text = "nope = 1" } }));

        Assert.Equal(["columns[1]"], columns.Is(StatusCode.InvalidArgument, "INVALID_FIELD").Fields());
        filter.Is(StatusCode.InvalidArgument, "FILTER_INVALID");
    }

    private static async Task<string> ExportAsync(CrmAccount account, ExportContactsRequest request)
    {
        request.Account = account.Name;
        var client = new ExportService.ExportServiceClient(account.Apps.Channel(Service.Tags));
        using var call = client.ExportContacts(request);
        var file = new StringBuilder();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            file.Append(part.Data.ToStringUtf8());
        }

        return file.ToString();
    }
}
