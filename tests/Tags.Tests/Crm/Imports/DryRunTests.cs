using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.Testing;
using Outcome = Crm.Contacts.V1.ImportPreview.Types.Outcome;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>C21: a dry run says what the import would do, exactly, and writes nothing.</summary>
public sealed class DryRunTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const string People = """
        id,email,first name,born,level,tags,status
        1,ada@example.org,Ada,2000-01-01,gold,"old;new",subscribed
        2,eva@example.org,Eva,2000-02-02,silver,new,unsubscribed
        2,eva@example.org,Eve,,,"old",
        3,not an address,Ida,2000-03-03,gold,unseen,
        4,ira@example.org,Ira,soon,gold,,
        5,ann@example.org,Ann,2000-05-05,gold,new,

        """;

    private const string Deals = """
        id,who,stage,amount,product,opened
        1,1,New,5,GTX,2026-01-01
        2,nobody,Won,7.50,GTK,2026-01-02
        2,1,Won,8,GTK,
        3,,Demo,many,GTX,
        4,,"x",1,GTX,2026-02-02

        """;

    public static TheoryData<string, ImportOptions, string> Imports => new()
    {
        { "contacts", new() { ExternalIdColumn = "id", TagsColumns = { "tags" }, Types_ = { ["level"] = Type.SingleChoice, ["born"] = Type.Date } }, People },
        { "contacts without bad values", new() { ExternalIdColumn = "id", DropBadValues = true, Types_ = { ["born"] = Type.Date } }, People },
        { "contacts by address", new() { MatchEmail = true, TagsColumns = { "tags" }, TagsPrefix = "T: ", LoosenRefusals = true }, People },
        { "numbered contacts", new() { ExternalIdColumn = "row", TagsColumns = { "tags" }, Columns = { ["status"] = "consent.email" } }, People },
        { "contacts without a key", new() { TagsColumns = { "tags" }, SkipWorkflows = true }, People },
        { "opportunities", new() { Kind = ImportOptions.Types.Kind.Opportunities, ExternalIdColumn = "id", ContactColumn = "who" }, Deals },
        { "opportunities in a new pipeline", new() { Kind = ImportOptions.Types.Kind.Opportunities, ExternalIdColumn = "id", Pipeline = "Other", Types_ = { ["product"] = Type.SingleChoice } }, Deals },
        { "opportunities without a key", new() { Kind = ImportOptions.Types.Kind.Opportunities, DropBadValues = true }, Deals },
    };

    [Theory]
    [MemberData(nameof(Imports))]
    public async Task C21_a_dry_run_writes_nothing_and_counts_what_the_import_then_does(string kind, ImportOptions options, string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("level", Type.SingleChoice, "bronze");
        await account.CreateContactAsync(new() { ExternalId = "1", Email = "ada@example.org", FirstName = "Ada" });
        await account.AddTagsAsync(1, await account.NewTagAsync("old"));
        await Importer.RunAsync(
            account.Apps, account.Name, new() { Kind = ImportOptions.Types.Kind.Opportunities, ExternalIdColumn = "id" }, "id,stage,amount\n1,New,5\n");
        var before = await AccountTables.ReadAsync(account);
        var dry = options.Clone();
        dry.DryRun = true;

        var said = await Importer.RunAsync(account.Apps, account.Name, dry, file);

        Assert.Equal(before, await AccountTables.ReadAsync(account));
        var done = await Importer.RunAsync(account.Apps, account.Name, options, file);
        Assert.NotEqual(before, await AccountTables.ReadAsync(account));
        Assert.Equal(Counts(done.Summary), Counts(said.Summary));
        Assert.Equal(done.Errors, said.Errors);
        Assert.Equal(done.Summary.FieldsCreated.Select(WithoutNumber), said.Summary.FieldsCreated);
        Assert.Equal(done.Summary.TagsCreated.Order(StringComparer.Ordinal), said.Summary.TagsCreated.Order(StringComparer.Ordinal));
        Assert.Equal(done.Plan.Columns, said.Plan.Columns);
        Assert.NotEmpty(kind);
    }

    [Fact]
    public async Task C21_the_first_rows_are_shown_as_they_would_be()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "1", Email = "ada@example.org", Phone = "1-2" });

        var said = await Importer.RunAsync(
            account.Apps, account.Name, new() { DryRun = true, ExternalIdColumn = "id", TagsColumns = { "tags" } },
            "id,email,phone,score,tags,unsubscribed\n1,,,007,\"a;b\",\n2,eva@example.org,,5,,yes\n1,,,007,,\n");

        Assert.Equal([(2, Outcome.Updated), (3, Outcome.Created), (4, Outcome.Unchanged)], said.Summary.Preview.Select(row => ((int)row.Line, row.Outcome)));
        Assert.Equal(
            new Dictionary<string, string> { ["external_id"] = "1", ["email"] = "ada@example.org", ["phone"] = "1-2", ["fields.score"] = "007", ["tags"] = "a;b" },
            said.Summary.Preview[0].Values);
        Assert.Equal("unsubscribed", said.Summary.Preview[1].Values["consent.email"]);
    }

    [Fact]
    public async Task C21_the_plan_says_how_the_file_is_read()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { DryRun = true, Columns = { ["noise"] = "" }, TagsColumns = { "tags" }, TagsPrefix = "T: ", DateFormats = { ["born"] = "dd.MM.yyyy" } };

        var said = await Importer.RunAsync(
            account.Apps, account.Name, options, [.. "Name;e-mail;born;tags;noise\nJ"u8, 0xF6, .. "rg;j@example.org;01.02.2000;a;x\n"u8]);

        Assert.Equal((1, ";", "windows-1252", true), (said.Plan.Rows, said.Plan.Delimiter, said.Plan.Encoding, said.Plan.EncodingGuessed));
        Assert.Equal(["fields.Name", "email", "fields.born", "", ""], said.Plan.Columns.Select(column => column.Target));
        Assert.Equal([Type.Text, Type.Unspecified, Type.Date, Type.Unspecified, Type.Unspecified], said.Plan.Columns.Select(column => column.Type));
        Assert.Equal((true, "T: ", "dd.MM.yyyy"), (said.Plan.Columns[3].Tags, said.Plan.Columns[3].Prefix, said.Plan.Columns[2].DateFormat));
        Assert.Equal(["Name", "born"], said.Plan.FieldsCreated.Select(field => field.Key));
    }

    [Fact]
    public async Task C21_rows_of_one_key_are_counted_together_however_far_they_are_apart()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { DryRun = true, ExternalIdColumn = "id", TagsColumns = { "tags" } };
        var file = "id,n,tags\n" + string.Concat(Enumerable.Range(0, 12_000).Select(i => $"{i % 5_500},{i / 11_000},t{i % 3}\n"));

        var said = await Importer.RunAsync(account.Apps, account.Name, options, file);

        options.DryRun = false;
        Assert.Equal(Counts((await Importer.RunAsync(account.Apps, account.Name, options, file)).Summary), Counts(said.Summary));
        Assert.Equal(20, said.Summary.Preview.Count);
    }

    [Fact]
    public async Task C21_a_dry_run_of_an_unknown_account_is_refused()
    {
        var error = await Expect.FailureAsync(() => Importer.RunAsync(shared.Apps, "nobody-has-this", new() { DryRun = true }, "email\na@example.org\n"));

        Assert.Equal(StatusCode.NotFound, error.Status);
    }

    private static object Counts(ImportSummary s) => (
        s.Rows, s.Created, s.Updated, s.Unchanged, s.Failed, s.TagsAdded, s.Orphans,
        (s.RefusalsFound, s.RefusalsKept, s.RowsWithDroppedValues));

    private static Field WithoutNumber(Field field)
    {
        var copy = field.Clone();
        copy.FieldId = 0;
        return copy;
    }
}
