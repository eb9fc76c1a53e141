using Crm.Contacts.V1;
using Dapper;
using Npgsql;
using TagSegments.Testing;
using Xunit.Abstractions;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports;

public sealed class RealFileTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    private readonly TestApps _apps = shared.Apps;

    [PublishedDataFact]
    public async Task Imports_hillstrom_with_a_number_for_each_row()
    {
        var account = await _apps.NewAccountAsync();

        var result = await ImportAsync(account, "hillstrom/hillstrom.csv", new ImportOptions { ExternalIdColumn = "row" });

        Assert.Empty(result.Errors);
        Assert.Equal((64_000, 64_000), (result.Summary.Rows, result.Summary.Created));
        Assert.Equal(Type.Number, result.Summary.FieldsCreated.Single(field => field.Key == "recency").Type);
        Assert.Equal(Type.Text, result.Summary.FieldsCreated.Single(field => field.Key == "zip_code").Type);
        Assert.Equal(48, await CountAsync(account, "history_segment = '5) $500 - $750' AND zip_code = 'Rural' AND channel = 'Web' AND visit::int = 1"));
        Assert.Equal(3_627, await CountAsync(account, "segment = 'Mens E-Mail' AND visit::int = 1 AND conversion::int = 0"));
        Assert.Equal(1_380, await CountAsync(
            account,
            "segment IN ('Mens E-Mail', 'Womens E-Mail') AND visit::int = 0 AND recency::int <= 3 AND mens::int = 1 AND womens::int = 1"));
    }

    [PublishedDataFact]
    public async Task Importing_hillstrom_again_changes_nothing()
    {
        var account = await _apps.NewAccountAsync();
        await ImportAsync(account, "hillstrom/hillstrom.csv", new ImportOptions { ExternalIdColumn = "row" });
        var position = await PositionAsync(account);

        var again = await ImportAsync(account, "hillstrom/hillstrom.csv", new ImportOptions { ExternalIdColumn = "row" });

        Assert.Equal((64_000, 0, 0), (again.Summary.Unchanged, again.Summary.Created, again.Summary.Updated));
        Assert.Equal(position, await PositionAsync(account));
    }

    [PublishedDataFact]
    public async Task Imports_bank_customers_with_their_jobs_as_tags()
    {
        var account = await _apps.NewAccountAsync();
        var options = new ImportOptions
        {
            Delimiter = ";",
            ExternalIdColumn = "row",
            TagsColumns = { "job" },
            TagsPrefix = "Job: ",
            Missing = { ["pdays"] = new ValueList { Values = { "-1" } } },
        };

        var result = await ImportAsync(account, "bank-marketing/bank-full.csv", options);

        Assert.Empty(result.Errors);
        Assert.Equal((45_211, 45_211, 12), (result.Summary.Created, result.Summary.TagsAdded, result.Summary.TagsCreated.Count));
        Assert.Contains("Job: blue-collar", result.Summary.TagsCreated);
        Assert.DoesNotContain("job", result.Summary.FieldsCreated.Select(field => field.Key));
        Assert.Equal(8_257, await CountAsync(account, "pdays IS NOT NULL"));
    }

    [PublishedDataFact]
    public async Task Imports_every_person_although_some_share_an_address()
    {
        var account = await _apps.NewAccountAsync();

        var result = await ImportAsync(account, "people-100k/people-100000.csv", new ImportOptions());

        Assert.Empty(result.Errors);
        Assert.Equal(100_000, result.Summary.Created);
        Assert.Equal(Type.Date, result.Summary.FieldsCreated.Single(field => field.Key == "Date of birth").Type);
        Assert.Equal(
            ["Date of birth", "Index", "Job Title", "Sex", "User Id"], result.Summary.FieldsCreated.Select(field => field.Key).Order());
    }

    [PublishedDataFact]
    public async Task Imports_one_person_for_each_address_when_matching_by_it()
    {
        var account = await _apps.NewAccountAsync();

        var result = await ImportAsync(account, "people-100k/people-100000.csv", new ImportOptions { MatchEmail = true });

        Assert.Equal((94_593, 5_407), (result.Summary.Created, result.Summary.Updated));
    }

    [PublishedDataFact]
    public async Task Imports_companies_and_their_deals()
    {
        var account = await _apps.NewAccountAsync();
        await ImportAsync(account, "crm-sales-opportunities/accounts.csv", new ImportOptions { ExternalIdColumn = "account" });
        var options = new ImportOptions
        {
            Kind = ImportOptions.Types.Kind.Opportunities,
            ExternalIdColumn = "opportunity_id",
            ContactColumn = "account",
            StageColumn = "deal_stage",
            AmountColumn = "close_value",
            OpenedColumn = "engage_date",
            ClosedColumn = "close_date",
        };

        var result = await ImportAsync(account, "crm-sales-opportunities/sales_pipeline.csv", options);
        var again = await ImportAsync(account, "crm-sales-opportunities/sales_pipeline.csv", options);

        Assert.Empty(result.Errors);
        Assert.Equal((8_800, 1_425), (result.Summary.Created, result.Summary.Orphans));
        Assert.Equal(["product", "sales_agent"], result.Summary.FieldsCreated.Select(field => field.Key).Order());
        Assert.Equal((8_800, 0), (again.Summary.Unchanged, again.Summary.Updated));
        var pipeline = Assert.Single((await _apps.Opportunities.ListPipelinesAsync(new() { Account = account })).Pipelines);
        Assert.Equal(["Engaging", "Prospecting", "Won", "Lost"], pipeline.Stages.Select(stage => stage.Name));
        Assert.Equal((9, 12, 23), await DealAnswersAsync(account));
    }

    private async Task<Importer> ImportAsync(string account, string path, ImportOptions options)
    {
        var result = await Importer.RunAsync(_apps, account, options, File.ReadAllBytes(PublishedData.PathOf(path)));
        output.WriteLine($"{path}: {result.Summary.Rows} rows in {result.Summary.Seconds:F2} s, {result.Summary.RowsPerSecond:F0} rows/s");
        return result;
    }

    // Field names stand for their values: the condition is written as if the fields were columns.
    private async Task<int> CountAsync(string account, string condition)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        var fields = (await connection.QueryAsync<(int Id, string Key)>(
            "SELECT field_id, key FROM crm.field JOIN crm.account USING (account_id) WHERE name = @account", new { account })).ToArray();
        var columns = string.Join(", ", fields.Select(field => $"fields ->> '{field.Id}' AS \"{field.Key}\""));
        return await connection.QuerySingleAsync<int>(
            $"""
            SELECT count(*)::int
            FROM (SELECT {columns} FROM crm.contact c JOIN crm.account a USING (account_id) WHERE a.name = @account AND c.deleted_at IS NULL) AS contact
            WHERE {condition}
            """,
            new { account });
    }

    private async Task<(int Retail, int NoProspecting, int Won)> DealAnswersAsync(string account)
    {
        const string sql = """
            WITH deal AS (
                SELECT o.*, s.name AS stage, c.fields ->> f.field_id::text AS sector
                FROM crm.account a
                JOIN crm.opportunity o USING (account_id)
                JOIN crm.stage s USING (account_id, stage_id)
                JOIN crm.field f ON f.account_id = a.account_id AND f.key = 'sector'
                JOIN crm.contact c ON c.account_id = a.account_id AND c.contact_id = o.contact_id
                WHERE a.name = @account AND o.deleted_at IS NULL AND c.deleted_at IS NULL)
            SELECT
                (SELECT count(*) FROM (SELECT FROM deal WHERE sector = 'retail' AND stage IN ('Engaging', 'Prospecting')
                    GROUP BY contact_id HAVING count(*) >= 8) AS retail)::int,
                (SELECT count(*) FROM crm.contact c JOIN crm.account a USING (account_id)
                    WHERE a.name = @account AND c.deleted_at IS NULL AND NOT EXISTS (SELECT FROM deal d WHERE d.contact_id = c.contact_id AND d.stage = 'Prospecting'))::int,
                (SELECT count(*) FROM (SELECT FROM deal WHERE status = 2 AND closed_on BETWEEN '2017-10-01' AND '2017-12-31'
                    GROUP BY contact_id HAVING sum(amount) >= 40000) AS won)::int
            """;
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        return await connection.QuerySingleAsync<(int, int, int)>(sql, new { account });
    }

    private async Task<long> PositionAsync(string account)
    {
        await using var connection = new NpgsqlConnection(_apps.Database.OwnerConnectionString);
        return await connection.QuerySingleAsync<long>(
            "SELECT pos FROM crm.clock JOIN crm.account USING (account_id) WHERE name = @account", new { account });
    }
}
