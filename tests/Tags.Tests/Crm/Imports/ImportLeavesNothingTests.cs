using Crm.Contacts.V1;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>C7: what a file needs is created with its first good rows, so a file without any leaves no field, choice, tag, stage or pipeline.</summary>
public sealed class ImportLeavesNothingTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const ImportOptions.Types.Kind Opportunities = ImportOptions.Types.Kind.Opportunities;

    public static TheoryData<ImportOptions, string> BadFiles => new()
    {
        { new() { ExternalIdColumn = "id", TagsColumns = { "tags" } }, "id,city,tags\n,Graz,a\n,Wien,b\n" },
        { new(), "email,city\nnobody,Graz\nno one,Wien\n" },
        { new() { Delimiter = "," }, "email|name,x\na@example.org|Ann\nb@example.org|Bob\n" },
        { new() { Types_ = { ["level"] = Type.SingleChoice, ["likes"] = Type.MultipleChoice } }, "email,level,likes\nnobody,gold,a;b\n" },
        { new(), "email,city\n" },
        { new() { Kind = Opportunities, ExternalIdColumn = "id" }, "id,stage,product\n,New,x\n,Won,y\n" },
        { new() { Kind = Opportunities, ExternalIdColumn = "id", Pipeline = "Other" }, "id,stage,amount\n1,New,many\n" },
        { new() { Kind = Opportunities }, "stage,product\n" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task C7_a_file_without_a_good_row_leaves_nothing_behind(ImportOptions options, string file)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("level", Type.SingleChoice, "bronze");
        var before = await LibraryAsync(account);

        var result = await Importer.RunAsync(account.Apps, account.Name, options, file);

        Assert.Equal((0, result.Summary.Rows), (result.Summary.Created, result.Summary.Failed));
        Assert.Equal(before, await LibraryAsync(account));
        Assert.Empty(result.Summary.FieldsCreated);
        Assert.Empty(result.Summary.TagsCreated);
    }

    [Fact]
    public async Task C7_what_a_file_needs_is_created_in_the_transaction_of_its_first_rows()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateFieldAsync("level", Type.SingleChoice, "bronze");

        await Importer.RunAsync(account.Apps, account.Name, new() { TagsColumns = { "tags" } }, "email,city,level,tags\na@example.org,Graz,gold,a;b\n");
        await Importer.RunAsync(account.Apps, account.Name, new() { Kind = Opportunities }, "stage,product\nNew,x\nWon,y\n");

        var contacts = await account.QueryAsync<string>("""
            SELECT string_agg(DISTINCT x.xmin::text, ',')
            FROM crm.account a, LATERAL (
                SELECT xmin FROM crm.contact c WHERE c.account_id = a.account_id
                UNION ALL SELECT xmin FROM crm.field f WHERE f.account_id = a.account_id AND f.target = 1
                UNION ALL SELECT xmin FROM tags.tag t WHERE t.account_id = a.account_id) AS x
            WHERE a.name = @name
            """);
        var opportunities = await account.QueryAsync<string>("""
            SELECT string_agg(DISTINCT x.xmin::text, ',')
            FROM crm.account a, LATERAL (
                SELECT xmin FROM crm.opportunity o WHERE o.account_id = a.account_id
                UNION ALL SELECT xmin FROM crm.field f WHERE f.account_id = a.account_id AND f.target = 2
                UNION ALL SELECT xmin FROM crm.pipeline p WHERE p.account_id = a.account_id
                UNION ALL SELECT xmin FROM crm.stage s WHERE s.account_id = a.account_id) AS x
            WHERE a.name = @name
            """);
        Assert.DoesNotContain(',', contacts);
        Assert.DoesNotContain(',', opportunities);
    }

    [Fact]
    public async Task C7_rows_that_are_refused_leave_no_tags_and_no_stages_are_lost()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(
            account.Apps, account.Name, new() { ExternalIdColumn = "id", TagsColumns = { "tags" } }, "id,tags\n,refused\n1,taken\n");
        await Importer.RunAsync(account.Apps, account.Name, new() { Kind = Opportunities, ExternalIdColumn = "id" }, "id,stage\n1,New\n2,Won\n");
        await Importer.RunAsync(account.Apps, account.Name, new() { Kind = Opportunities, ExternalIdColumn = "id" }, "id,stage\n3,Demo\n4,Lost\n");

        Assert.Equal("taken", await account.QueryAsync<string>("SELECT string_agg(t.name, ',') FROM tags.tag t JOIN crm.account a USING (account_id) WHERE a.name = @name"));
        Assert.Equal("New,Won,Demo,Lost", await account.QueryAsync<string>(
            "SELECT string_agg(s.name, ',' ORDER BY s.ordinal) FROM crm.stage s JOIN crm.account a USING (account_id) WHERE a.name = @name"));
    }

    [Fact]
    public async Task C7_two_imports_into_a_new_pipeline_at_the_same_time_share_it()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { Kind = Opportunities, ExternalIdColumn = "id", Pipeline = "Shared" };

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Importer.RunAsync(
            account.Apps, account.Name, options, "id,stage\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"{n}-{i},Stage {(i + n) % 6}\n")))));

        Assert.Equal(200, results.Sum(result => result.Summary.Created));
        Assert.Equal((0, 0, 1, 6), await LibraryAsync(account));
    }

    private static Task<(int, int, int, int)> LibraryAsync(TestAccount account) => account.QueryAsync<(int, int, int, int)>("""
        SELECT (SELECT coalesce(sum(1 + cardinality(choices)), 0)::int FROM crm.field f WHERE f.account_id = a.account_id) AS fields,
            (SELECT count(*)::int FROM tags.tag t WHERE t.account_id = a.account_id) AS tags,
            (SELECT count(*)::int FROM crm.pipeline p WHERE p.account_id = a.account_id) AS pipelines,
            (SELECT count(*)::int FROM crm.stage s WHERE s.account_id = a.account_id) AS stages
        FROM crm.account a
        WHERE a.name = @name
        """);
}
