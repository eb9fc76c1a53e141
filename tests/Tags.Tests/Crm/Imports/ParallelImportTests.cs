using Crm.Contacts.V1;
using Dapper;
using Npgsql;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Issue 16: of imports that need the same new field, tag, pipeline or stage at the same time, one makes it and the others use it.</summary>
public sealed class ParallelImportTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const int Parts = 4;

    [Theory]
    [InlineData("12", "3.5", "7", "")]
    [InlineData("yes", "no", "true", "false")]
    [InlineData("2024-01-02", "2024-01-03", "", "2024-01-04")]
    [InlineData("a", "b", "c", "d")]
    public async Task The_parts_of_a_file_are_imported_at_the_same_time(params string[] values)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var parts = await Task.WhenAll(values.Select((value, part) => Importer.RunAsync(
            shared.Apps, account.Name, new() { ExternalIdColumn = "id", TagsColumns = { "tags" } },
            part % 2 == 0 ? $"id,zeta,alpha,tags\np{part},{value},x,one;two;part {part}\n" : $"id,tags,alpha,zeta\np{part},two;part {part};one,x,{value}\n")));

        Assert.Equal(Parts, parts.Sum(part => part.Summary.Created));
        Assert.Equal(2, parts.Sum(part => part.Summary.FieldsCreated.Count));
        Assert.Equal(["one", "part 0", "part 1", "part 2", "part 3", "two"], parts.SelectMany(part => part.Summary.TagsCreated).Order());
        var fields = (await shared.Apps.Fields.ListFieldsAsync(new() { Account = account.Name })).Fields;
        Assert.Equal(["alpha", "zeta"], fields.Select(field => field.Key));
        for (var part = 0; part < Parts; part++)
        {
            var contact = (await shared.Apps.Contacts.GetContactAsync(new() { Account = account.Name, ExternalId = $"p{part}" })).Contact;
            Assert.Equal(values[part].Length > 0 ? 2 : 1, contact.Fields.Fields.Count);
        }
    }

    [Fact]
    public async Task A_field_that_somebody_creates_before_the_first_row_is_used_with_its_type()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await using var connection = new NpgsqlConnection(shared.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await using var other = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO crm.field (account_id, field_id, target, key, type) SELECT account_id, 1000, 1, 'score', 1 FROM crm.account WHERE name = @name",
            new { name = account.Name });

        // The import takes the column for numbers, and waits for the other transaction when it creates the field.
        var import = Importer.RunAsync(shared.Apps, account.Name, new() { ExternalIdColumn = "id" }, "id,score\na,1\nb,2\n");
        await Eventually.ReadAsync(
            () => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::text::xid"),
            waiting => waiting > 0);
        await other.CommitAsync();
        var imported = await import;

        Assert.Equal((2, 0, 0), (imported.Summary.Created, imported.Summary.Failed, imported.Summary.FieldsCreated.Count));
        var field = Assert.Single((await shared.Apps.Fields.ListFieldsAsync(new() { Account = account.Name })).Fields);
        Assert.Equal((1000, Type.Text), (field.FieldId, field.Type));
        var contact = (await shared.Apps.Contacts.GetContactAsync(new() { Account = account.Name, ExternalId = "a" })).Contact;
        Assert.Equal("1", contact.Fields.Fields["score"].StringValue);
    }

    [Fact]
    public async Task Opportunities_share_a_new_pipeline_its_stages_and_fields()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var parts = await Task.WhenAll(Enumerable.Range(0, Parts).Select(part => Importer.RunAsync(
            shared.Apps,
            account.Name,
            new() { Kind = ImportOptions.Types.Kind.Opportunities, ExternalIdColumn = "id", StageColumn = "stage" },
            $"id,stage,region\no{part}a,{(part % 2 == 0 ? "New" : "Won")},north\no{part}b,{(part % 2 == 0 ? "Won" : "New")},south\n")));

        Assert.Equal(2 * Parts, parts.Sum(part => part.Summary.Created));
        var pipeline = Assert.Single((await shared.Apps.Opportunities.ListPipelinesAsync(new() { Account = account.Name })).Pipelines);
        Assert.Equal(["New", "Won"], pipeline.Stages.Select(stage => stage.Name).Order());
        Assert.Single((await shared.Apps.Fields.ListFieldsAsync(new() { Account = account.Name })).Fields);
    }
}
