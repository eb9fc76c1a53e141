using TagSegments.Tags.Crm.Contacts;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Contacts;

/// <summary>Look-ups of some contacts read them only, and expect no more of them, also while an account has no statistics yet.</summary>
public sealed class EarlyLookupTests : IAsyncLifetime
{
    private const int Asked = EarlyDatabase.AskedRows;
    private EarlyDatabase _database = null!;

    public async Task InitializeAsync() => _database = await EarlyDatabase.CreateAsync("crm.contact");

    public Task DisposeAsync() => _database.DeleteAsync();

    // Room for the millions of rows that were expected once took a second for each 1,000 contacts.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_contacts_are_merged_into_is_found_by_number(bool beside)
    {
        await FillAsync(beside);
        var values = new { accountId = EarlyDatabase.NewAccount, contactIds = EarlyDatabase.Asked };

        Assert.InRange(await _database.RowsReadAsync("tags", ContactStore.MergedSql, values), Asked, 10 * Asked);
        Assert.InRange(await ExpectedAsync(ContactStore.MergedSql), 1, 200 * Asked);
        Assert.True(beside || await ExpectedAsync(ContactStore.MergedSql.Replace("LIMIT 1", "OFFSET 0", StringComparison.Ordinal)) > 200 * Asked);

        Task<double> ExpectedAsync(string sql) => _database.RowsExpectedAsync("tags", sql, values);
    }

    // The server guesses from a million contacts what 5,000 do not show.
    private Task FillAsync(bool beside) => _database.FillAsync(beside, """
        INSERT INTO crm.contact (account_id, contact_id) SELECT @account, n FROM generate_series(1, @Rows) AS n;
        UPDATE pg_class SET reltuples = 1000000, relpages = pg_relation_size(oid) / 8192 WHERE oid = 'crm.contact'::regclass
        """);
}
