using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using Duplicates = Crm.Contacts.V1.ImportOptions.Types.Duplicates;
using Existing = Crm.Contacts.V1.ImportOptions.Types.Existing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>C21: replace, keep or skip what is there; the first or the last of duplicates; all rows or none.</summary>
public sealed class ImportPolicyTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private const ImportOptions.Types.Kind Opportunities = ImportOptions.Types.Kind.Opportunities;

    // The rows of a key are in different batches, too.
    private static readonly string s_filler = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"f{i},,,\n"));

    [Theory]
    [InlineData(Existing.Update, "Bea", "2-2", "Wien", 1, 0)]
    [InlineData(Existing.Keep, "Ada", "2-2", "Graz", 1, 0)]
    [InlineData(Existing.Skip, "Ada", "", "Graz", 0, 1)]
    public async Task C21_a_row_replaces_keeps_or_skips_what_is_there(Existing existing, string name, string phone, string city, int updated, int skipped)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "id" }, "id,first name,phone,city\n1,Ada,,Graz\n");

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { ExternalIdColumn = "id", Existing = existing, TagsColumns = { "tags" } },
            "id,first name,phone,city,tags\n1,Bea,2-2,Wien,a\n2,Eva,,Linz,a\n");

        var contact = await account.GetContactAsync(1);
        Assert.Equal((name, phone, city), (contact.FirstName, contact.Phone, contact.Fields.Fields["city"].StringValue));
        Assert.Equal((1, updated, skipped), (result.Summary.Created, result.Summary.Updated, result.Summary.Skipped));
        Assert.Equal(existing == Existing.Skip ? [] : ["a"], await account.TagsOfAsync(1));
        Assert.Equal("Eva", (await account.GetContactAsync(2)).FirstName);
    }

    [Theory]
    [InlineData(Existing.Update)]
    [InlineData(Existing.Keep)]
    [InlineData(Existing.Skip)]
    public async Task C21_a_refusal_is_taken_under_every_policy(Existing existing)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await account.CreateContactAsync(new() { ExternalId = "1" });
        await account.Apps.Contacts.SetConsentAsync(new()
        {
            Account = account.Name,
            ContactId = 1,
            Consent = new() { Channel = Channel.Email, State = Consent.Types.State.Subscribed, Source = "form" },
        });

        await Importer.RunAsync(
            account.Apps, account.Name, new() { ExternalIdColumn = "id", Existing = existing, Duplicates = Duplicates.First },
            "id,dnd,unsubscribed\n1,true,yes\n2,,\n2,true,yes\n");

        foreach (var contactId in new[] { 1, 2 })
        {
            var contact = await account.GetContactAsync(contactId);
            Assert.True(contact.DoNotDisturb);
            Assert.Equal(Consent.Types.State.Unsubscribed, contact.Consents.Single(consent => consent.Channel == Channel.Email).State);
        }
    }

    [Theory]
    [InlineData(Existing.Update, Duplicates.Last, "Zoe", "Zoe")]
    [InlineData(Existing.Update, Duplicates.First, "Bea", "Bea")]
    [InlineData(Existing.Keep, Duplicates.Last, "Ada", "Zoe")]
    [InlineData(Existing.Keep, Duplicates.First, "Ada", "Bea")]
    [InlineData(Existing.Skip, Duplicates.Last, "Ada", "Zoe")]
    [InlineData(Existing.Skip, Duplicates.First, "Ada", "Bea")]
    public async Task C21_the_policies_mean_the_same_within_a_batch_and_across_batches(Existing existing, Duplicates duplicates, string old, string created)
    {
        foreach (var filler in new[] { "", s_filler })
        {
            var account = await TestAccount.NewAsync(shared.Apps);
            await account.CreateContactAsync(new() { ExternalId = "old", FirstName = "Ada" });
            var options = new ImportOptions { ExternalIdColumn = "id", Existing = existing, Duplicates = duplicates };
            var file = $"id,first name,last name,city\nold,Bea,,\nnew,Bea,,\n{filler}old,Zoe,,\nnew,Zoe,,\n";
            var dry = options.Clone();
            dry.DryRun = true;
            var said = await Importer.RunAsync(account.Apps, account.Name, dry, file);

            var done = await Importer.RunAsync(account.Apps, account.Name, options, file);

            Assert.Equal((old, created), (await NameOfAsync(account, "old"), await NameOfAsync(account, "new")));
            Assert.Equal(Counts(done.Summary), Counts(said.Summary));
        }
    }

    [Fact]
    public async Task C21_the_first_good_row_counts_not_a_bad_one()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { MatchEmail = true, Duplicates = Duplicates.First },
            "email,first name\nada@example.org," + new string('x', 201) + "\nADA@example.org,Ada\nada@example.org,Bea\n");

        Assert.Equal((1, 1, 1), (result.Summary.Created, result.Summary.Failed, result.Summary.Skipped));
        Assert.Equal("Ada", (await account.GetContactAsync(1)).FirstName);
    }

    [Theory]
    [InlineData(Existing.Update, Duplicates.Last, "Won", "2")]
    [InlineData(Existing.Update, Duplicates.First, "Demo", "1")]
    [InlineData(Existing.Keep, Duplicates.Last, "New", "2")]
    [InlineData(Existing.Skip, Duplicates.Last, "New", "")]
    public async Task C21_the_policies_hold_for_opportunities(Existing existing, Duplicates duplicates, string stage, string amount)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        await Importer.RunAsync(account.Apps, account.Name, new() { Kind = Opportunities, ExternalIdColumn = "id" }, "id,stage\na,New\n");
        var options = new ImportOptions { Kind = Opportunities, ExternalIdColumn = "id", Existing = existing, Duplicates = duplicates };

        await Importer.RunAsync(account.Apps, account.Name, options, "id,stage,amount\na,Demo,1\na,Won,2\nb,New,3\n");

        Assert.Equal($"{stage},{amount}", await account.QueryAsync<string>("""
            SELECT s.name || ',' || coalesce(o.amount::text, '')
            FROM crm.opportunity o JOIN crm.account a USING (account_id) JOIN crm.stage s USING (account_id, stage_id)
            WHERE a.name = @name AND o.external_id = 'a'
            """));
    }

    [Theory]
    [InlineData("id,email,city\n1,a@example.org,Graz\n2,nobody,Wien\n3,no one,Linz\n", 2)]
    [InlineData("id,email,city\n1,a@example.org,Graz\n2,b@example.org\n", 1)]
    [InlineData("id,email,city\n1,a@example.org,Graz\n,b@example.org,Wien\n", 1)]
    public async Task C21_all_or_nothing_reports_every_bad_row_and_writes_none(string file, int bad)
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var before = await AccountTables.ReadAsync(account);

        var result = await Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "id", AllOrNothing = true }, file);

        Assert.Equal((0, bad, bad), (result.Summary.Created, result.Summary.Failed, result.Errors.Count));
        var after = await AccountTables.ReadAsync(account);
        Assert.Equal(before.Where(table => table.Key != "crm.id_block"), after.Where(table => table.Key != "crm.id_block"));
    }

    [Fact]
    public async Task C21_all_or_nothing_writes_more_rows_than_a_batch_has_in_one_transaction()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = "id,n,tags\n" + string.Concat(Enumerable.Range(1, 12_000).Select(i => $"{i},{i},t{i % 3}\n"));

        var result = await Importer.RunAsync(
            account.Apps, account.Name, new() { ExternalIdColumn = "id", AllOrNothing = true, TagsColumns = { "tags" } }, file);

        Assert.Equal((12_000, 12_000), (result.Summary.Created, result.Summary.TagsAdded));
        Assert.Equal(1, await account.QueryAsync<int>("SELECT count(DISTINCT c.xmin::text)::int FROM crm.contact c JOIN crm.account USING (account_id) WHERE name = @name"));
    }

    [Fact]
    public async Task C21_all_or_nothing_is_refused_for_more_rows_than_it_takes()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var file = "n\n" + string.Concat(Enumerable.Repeat("1\n", 100_001));

        var error = await Expect.FailureAsync(() => Importer.RunAsync(account.Apps, account.Name, new() { AllOrNothing = true }, file));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "options.all_or_nothing");
        Assert.Equal(0, await account.PositionAsync());
    }

    private static Task<string> NameOfAsync(TestAccount account, string externalId) => account.QueryAsync<string>(
        $"SELECT first_name FROM crm.contact JOIN crm.account USING (account_id) WHERE name = @name AND external_id = '{externalId}'");

    private static object Counts(ImportSummary s) => (s.Created, s.Updated, s.Unchanged, s.Skipped, s.Failed);
}
