using Dapper;
using Npgsql;
using TagSegments.Segments.Sql;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>
/// A question about some contacts reads these only, also while their account has no statistics yet: in a new installation, and beside accounts that have
/// them, when PostgreSQL takes the account for an empty one.
/// </summary>
public sealed class EarlyCandidatesTests : IAsyncLifetime
{
    private const int Contacts = 5_000;
    private const int Asked = 50;
    private const int NewAccount = 2;
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresFixture.SharedAsync()).CreateDatabaseAsync();
        await using var owner = new NpgsqlConnection(_database.OwnerConnectionString);
        await owner.ExecuteAsync("ALTER TABLE crm.contact SET (autovacuum_enabled = false)");
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Contacts_that_are_asked_about_are_read_alone(bool beside)
    {
        const string fillSql = "INSERT INTO crm.contact (account_id, contact_id, phone_key) SELECT @account, n, NULL FROM generate_series(1, @Contacts) AS n";
        await using (var owner = new NpgsqlConnection(_database.OwnerConnectionString))
        {
            await (beside ? owner.ExecuteAsync($"{fillSql}; ANALYZE crm.contact", new { account = 1, Contacts }) : Task.CompletedTask);
            await owner.ExecuteAsync(fillSql, new { account = NewAccount, Contacts });
        }

        await using var connection = new NpgsqlConnection(_database.AccountConnectionString("segments", NewAccount));
        await connection.OpenAsync();
        var candidates = Enumerable.Range(1, Asked).Select(i => i * (Contacts / Asked)).ToArray();

        var rows = await PlanRows.ReadAsync(
            connection,
            $"SELECT c.contact_id FROM {FilterSources.Present.OfCandidates.Contacts} c WHERE c.account_id = @account AND c.contact_id = ANY(@candidates)",
            new { account = NewAccount, candidates });

        Assert.Equal(Asked, rows);
    }
}
