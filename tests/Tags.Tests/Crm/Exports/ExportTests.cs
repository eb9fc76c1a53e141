using System.Text;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Tags.Crm.Exports;
using TagSegments.Tags.Tests.Crm.Imports;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;

namespace TagSegments.Tags.Tests.Crm.Exports;

public sealed class ExportTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Exports_the_columns_asked_for()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("score", Field.Types.Type.Number);
        await account.CreateFieldAsync("note", Field.Types.Type.Text);
        await account.CreateContactAsync(new() { ExternalId = "a", Phone = "+43 1", Fields = TestAccount.Values("score", Value.ForNumber(-1.5)) });
        await account.CreateContactAsync(new() { ExternalId = "b", Fields = TestAccount.Values("note", Value.ForString("say \"hi\",\nthen go")) });
        await account.Apps.Tags.AddTagsAsync(new() { Account = account.Name, ContactId = 1, TagNames = { "VIP", "=cmd" }, CreateMissing = true });

        var file = await ExportAsync(account, new() { Columns = { "external_id", "phone", "score", "fields.note", "tags" } });

        Assert.Equal(
            "external_id,phone,score,fields.note,tags\r\na,'+43 1,-1.5,,\"'=cmd;VIP\"\r\nb,,,\"say \"\"hi\"\",\nthen go\",\r\n", file);
    }

    [Fact]
    public async Task Exports_texts_as_they_are_for_programs()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { Phone = "+43 1" });

        Assert.Equal("phone\r\n+43 1\r\n", await ExportAsync(account, new() { Columns = { "phone" }, Raw = true }));
    }

    // A field's key once came out of the header as a formula.
    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")", "\"'=HYPERLINK(\"\"http://evil.example\"\")\"")]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    public async Task Finding_17_a_header_is_disarmed_as_a_cell_is(string key, string header)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync(key, Field.Types.Type.Text);
        await account.CreateContactAsync(new() { Fields = TestAccount.Values(key, Value.ForString(key)) });

        Assert.Equal($"{header}\r\n{header}\r\n", await ExportAsync(account, new() { Columns = { key } }));
    }

    [Fact]
    public async Task Exports_a_smart_list_only()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { FirstName = "Ada" });
        await account.CreateContactAsync(new() { FirstName = "Eva" });
        await account.CreateContactAsync(new() { FirstName = "Ida" });
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
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { FirstName = "Ada" });
        await account.CreateContactAsync(new() { FirstName = "Eva" });

        Assert.Equal(
            "contact_id\r\n2\r\n", await ExportAsync(account, new() { Columns = { "contact_id" }, Source = new() { Text = "first_name = \"Eva\"" } }));
    }

    [Fact]
    public async Task An_export_can_be_imported_again_and_changes_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "external_id", TagsColumns = { "tags" } };
        var rows = string.Concat(Enumerable.Range(1, 2_500).Select(i => $"{i},ada{i}@example.org,{i % 7},T{i % 3}\n"));
        await Importer.RunAsync(account.Apps, account.Name, options, "external_id,email,score,tags\n" + rows);

        var file = await ExportAsync(account, new() { Columns = { "external_id", "email", "score", "tags" } });
        var again = await Importer.RunAsync(account.Apps, account.Name, options, file);

        Assert.Equal((2_500, 0, 0), (again.Summary.Unchanged, again.Summary.Updated, again.Summary.TagsAdded));
    }

    [Fact]
    public async Task Nasty_values_come_back_by_an_import()
    {
        var (from, to) = (await TestAccount.NewAsync(shared.Apps), await TestAccount.NewAsync(shared.Apps));
        foreach (var account in new[] { from, to })
        {
            await account.CreateFieldAsync("=cmd", Field.Types.Type.Text);
            await account.CreateFieldAsync("'note", Field.Types.Type.Text);
            await account.CreateFieldAsync("mobile", Field.Types.Type.Text);
            await account.CreateFieldAsync("fields.x", Field.Types.Type.Text);
            await account.CreateFieldAsync("tags", Field.Types.Type.Text);
            await account.CreateFieldAsync("score", Field.Types.Type.Number);
            await account.CreateFieldAsync("kinds", Field.Types.Type.MultipleChoice, "a;b", "\"c\"", "-d", "e, f");
        }

        string[] texts = ["=1+1", "-5", "+43 1 23", "@x", " =1", "'=1", "''a", " a ", "a\r\n", "\tb", "x,\"y\";z", "'s-Hertogenbosch", "＝1", "\uFEFFa"];
        foreach (var (i, text) in texts.Index())
        {
            var values = TestAccount.Values("=cmd", Value.ForString(text));
            values.Fields["'note"] = Value.ForString(text);
            values.Fields["mobile"] = Value.ForString(text);
            values.Fields["fields.x"] = Value.ForString(text);
            values.Fields["tags"] = Value.ForString(text);
            values.Fields["score"] = Value.ForNumber(-i);
            values.Fields["kinds"] = Value.ForList(Value.ForString("a;b"), Value.ForString("\"c\""), Value.ForString("-d"), Value.ForString("e, f"));
            await from.CreateContactAsync(new() { ExternalId = $"-{i}", Phone = "+43 1", FirstName = "'=Ada", Fields = values });
        }

        await from.Apps.Tags.AddTagsAsync(new() { Account = from.Name, ContactId = 1, TagNames = { "=tag", "x; y", "x, y", "\"q\"", "'t" }, CreateMissing = true });

        var columns = new[] { "external_id", "phone", "first_name", "=cmd", "'note", "fields.mobile", "fields.fields.x", "fields.tags", "score", "kinds", "tags" };
        var file = await ExportAsync(from, new() { Columns = { columns } });
        var import = await Importer.RunAsync(to.Apps, to.Name, new() { ExternalIdColumn = "external_id", TagsColumns = { "tags" } }, file);

        Assert.Empty(import.Errors);
        Assert.Empty(import.Summary.FieldsCreated);
        Assert.Equal(file, await ExportAsync(to, new() { Columns = { columns } }));
        Assert.Equal(texts, await ValuesAsync(to, "=cmd"));
        Assert.Equal(await TagsAsync(from), await TagsAsync(to));
    }

    [Fact]
    public async Task A_raw_export_comes_back_by_a_raw_import()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "a", FirstName = "'=1", LastName = "=2" });

        var file = await ExportAsync(account, new() { Columns = { "external_id", "first_name", "last_name" }, Raw = true });
        var import = await Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "external_id", Raw = true }, file);

        Assert.Equal("external_id,first_name,last_name\r\na,'=1,=2\r\n", file);
        Assert.Equal(1, import.Summary.Unchanged);
    }

    [Fact]
    public async Task Names_fields_so_that_no_header_means_an_attribute()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("mobile", Field.Types.Type.Text);
        await account.CreateFieldAsync("fields.x", Field.Types.Type.Text);
        await account.CreateFieldAsync("=cmd", Field.Types.Type.Text);

        var header = (await ExportAsync(account, new())).Split("\r\n")[0];

        Assert.EndsWith(",tags,'=cmd,fields.fields.x,fields.mobile", header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_unknown_columns_and_bad_filters_and_sends_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var columns = await Expect.FailureAsync(() => ExportAsync(account, new() { Columns = { "email", "nope" } }));
        var filter = await Expect.FailureAsync(() => ExportAsync(account, new() { Source = new() { Text = "nope = 1" } }));

        columns.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "columns[1]");
        filter.Is(StatusCode.InvalidArgument, ErrorReason.FilterInvalid);
    }

    private static async Task<IEnumerable<string>> ValuesAsync(TestAccount account, string field) =>
        (await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name })).Contacts.Select(contact => contact.Fields.Fields[field].StringValue);

    private static async Task<IEnumerable<string>> TagsAsync(TestAccount account)
    {
        var answer = await account.Apps.Tags.BatchGetContactTagsAsync(new() { Account = account.Name, ContactIds = { 1 } });
        return answer.Contacts[0].Tags.Select(tag => tag.Name).Order(StringComparer.Ordinal);
    }

    private static async Task<string> ExportAsync(TestAccount account, ExportContactsRequest request)
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
