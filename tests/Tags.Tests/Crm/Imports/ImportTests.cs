using Crm.Contacts.V1;
using Google.Protobuf;
using TagSegments.Testing;
using Field = Crm.Contacts.V1.Field;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

public sealed class ImportTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Maps_usual_headers_to_attributes()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(
            account.Apps, account.Name, new(), "First Name,SURNAME,E-Mail,Phone,Mobile,city\nAda,Lovelace,ada@example.org,1-2,3-4,London\n");

        var contact = await account.GetContactAsync(1);
        Assert.Equal(("Ada", "Lovelace", "ada@example.org", "1-2"), (contact.FirstName, contact.LastName, contact.Email, contact.Phone));
        Assert.Equal(["Mobile", "city"], contact.Fields.Fields.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Maps_columns_as_asked_and_skips_those_without_target()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions
        {
            Columns = { ["Mail"] = "fields.Contact mail", ["who"] = "first_name", ["noise"] = "" },
            Types_ = { ["score"] = Type.Text, ["level"] = Type.SingleChoice, ["likes"] = Type.MultipleChoice },
        };

        var result = await Importer.RunAsync(
            account.Apps, account.Name, options, "Mail,who,noise,score,level,likes\nx,Ada,zzz,5,gold,tea;milk\ny,Eva,zzz,6,silver,milk\n");

        var contact = await account.GetContactAsync(1);
        Assert.Equal("Ada", contact.FirstName);
        Assert.Equal(["Contact mail", "level", "likes", "score"], contact.Fields.Fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("5", contact.Fields.Fields["score"].StringValue);
        Assert.Equal(["gold", "silver"], result.Summary.FieldsCreated.Single(field => field.Key == "level").Choices);
        Assert.Equal(2, contact.Fields.Fields["likes"].ListValue.Values.Count);
    }

    [Fact]
    public async Task Adds_tags_from_several_columns_and_never_removes_any()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "id", TagsColumns = { "tags", "kind" }, TagsPrefix = "T: " };
        await Importer.RunAsync(account.Apps, account.Name, options, "id,tags,kind\n1,\"VIP; Hot Lead\",a\n2,VIP,\n");

        var again = await Importer.RunAsync(account.Apps, account.Name, options, "id,tags,kind\n1,New,a\n");

        Assert.Equal((1, 1), (again.Summary.TagsAdded, again.Summary.Unchanged));
        Assert.Equal(["T: New"], again.Summary.TagsCreated);
        var tags = await account.Apps.Tags.BatchGetContactTagsAsync(new() { Account = account.Name, ContactIds = { 1, 2 } });
        Assert.Equal(["T: Hot Lead", "T: New", "T: VIP", "T: a"], tags.Contacts[0].Tags.Select(tag => tag.Name));
        Assert.Equal(["T: VIP"], tags.Contacts[1].Tags.Select(tag => tag.Name));
    }

    [Fact]
    public async Task A_later_row_of_a_contact_updates_the_earlier_one_and_a_missing_value_removes_nothing()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { ExternalIdColumn = "id" }, "id,first name,city\na,Ada,Wien\na,,Graz\na,Ada,\n");

        Assert.Equal((1, 1, 1), (result.Summary.Created, result.Summary.Updated, result.Summary.Unchanged));
        var contact = Assert.Single((await account.Apps.Contacts.ListContactsAsync(new() { Account = account.Name })).Contacts);
        Assert.Equal(("Ada", "Graz"), (contact.FirstName, contact.Fields.Fields["city"].StringValue));
    }

    [Fact]
    public async Task Matches_by_address_without_regard_to_case()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { Email = "Ada@Example.org" });

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { MatchEmail = true }, "email,first name\nada@example.org,Ada\neva@example.org,Eva\n");

        Assert.Equal((1, 1), (result.Summary.Created, result.Summary.Updated));
        Assert.Equal("Ada", (await account.GetContactAsync(1)).FirstName);
    }

    [Fact]
    public async Task A_changed_row_is_logged_with_the_values_before_and_the_import_as_cause()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "id", FileName = "people.csv" };
        await Importer.RunAsync(account.Apps, account.Name, options, "id,first name\n1,Ada\n2,Eva\n");

        var result = await Importer.RunAsync(account.Apps, account.Name, options, "id,first name\n1,Ada\n2,Ida\n");

        Assert.Equal(
            $$"""2|{"first_name": "Eva"}|{{result.Summary.ImportId}}|people.csv""",
            await account.QueryAsync<string>("""
                SELECT contact_id || '|' || (before - 'updated_at') || '|' || cause_id || '|' || cause_detail
                FROM crm.contact_change JOIN crm.account USING (account_id) WHERE name = @name AND kind = 7
                """));
    }

    [Fact]
    public async Task Creates_what_opportunities_need_and_keeps_orphans()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "acme" });
        var options = new ImportOptions
        {
            Kind = ImportOptions.Types.Kind.Opportunities,
            ExternalIdColumn = "id",
            ContactColumn = "who",
            StageColumn = "stage",
            Pipeline = "Deals",
        };

        var result = await Importer.RunAsync(
            account.Apps, account.Name, options, "id,who,stage,amount,close date,product\n1,acme,Won,10.50,2026-01-02,GTX\n2,nobody,Open,,,\n3,,Open,,,\n");

        Assert.Equal((3, 2), (result.Summary.Created, result.Summary.Orphans));
        Assert.Equal(("product", Field.Types.Target.Opportunity), (result.Summary.FieldsCreated.Single().Key, result.Summary.FieldsCreated.Single().Target));
        var deals = (await account.Apps.Opportunities.ListOpportunitiesAsync(new() { Account = account.Name })).Opportunities;
        Assert.Equal((1, "10.5", "2026-01-02", Opportunity.Types.Status.Won), (deals[0].ContactId, deals[0].Amount, deals[0].ClosedDate, deals[0].Status));
        Assert.Equal([0, 0], deals.Skip(1).Select(deal => deal.ContactId));
    }

    [Fact]
    public async Task Two_imports_of_one_file_at_the_same_time_create_each_contact_once()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = "id,n\n" + string.Concat(Enumerable.Range(1, 6_000).Select(i => $"{i},{i}\n"));
        var options = new ImportOptions { ExternalIdColumn = "id" };
        await Importer.RunAsync(account.Apps, account.Name, options, "id,n\n0,0\n");

        var results = await Task.WhenAll(
            Importer.RunAsync(account.Apps, account.Name, options, file), Importer.RunAsync(account.Apps, account.Name, options, file));

        Assert.Equal(6_000, results.Sum(result => result.Summary.Created));
        Assert.Equal(6_001, await account.QueryAsync<int>("SELECT count(*)::int FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    [Fact]
    public async Task An_import_that_was_cut_off_is_resumed_by_repeating_it()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var options = new ImportOptions { ExternalIdColumn = "id", TagsColumns = { "kind" } };
        var file = "id,kind\n" + string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i},K{i % 5}\n"));
        long reported = 0;
        using (var call = account.Apps.Imports.Import())
        {
            await call.RequestStream.WriteAsync(new() { Account = account.Name, Options = options, Data = ByteString.CopyFromUtf8(file) });
            await call.RequestStream.CompleteAsync();
            while (reported == 0 && await call.ResponseStream.MoveNext(default))
            {
                reported = call.ResponseStream.Current.Progress?.Rows ?? 0;
            }
        }

        var result = await Importer.RunAsync(account.Apps, account.Name, options, file);

        // While other tests call, it writes a few rows at once.
        Assert.InRange(reported, 1, 20_000);
        Assert.InRange(result.Summary.Unchanged, reported, 20_000);
        Assert.Equal(20_000, result.Summary.Unchanged + result.Summary.Created);
        Assert.Equal(20_000, await account.QueryAsync<int>("SELECT count(*)::int FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name"));
        Assert.Equal(20_000, await account.QueryAsync<int>("""
            SELECT sum(bit_count(bits))::int FROM tags.tag_chunk JOIN crm.account USING (account_id) WHERE name = @name AND tag_id > 0
            """));
    }
}
