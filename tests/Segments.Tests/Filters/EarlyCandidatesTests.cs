using TagSegments.Segments.Sql;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>A question about some contacts reads these only, also while their account has no statistics yet.</summary>
public sealed class EarlyCandidatesTests : IAsyncLifetime
{
    private EarlyDatabase _database = null!;

    public async Task InitializeAsync() => _database = await EarlyDatabase.CreateAsync("crm.contact");

    public Task DisposeAsync() => _database.DeleteAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Contacts_that_are_asked_about_are_read_alone(bool beside)
    {
        await _database.FillAsync(beside, "INSERT INTO crm.contact (account_id, contact_id, phone_key) SELECT @account, n, NULL FROM generate_series(1, @Rows) AS n");

        var rows = await _database.RowsReadAsync(
            "segments",
            $"SELECT c.contact_id FROM {FilterSources.Present.OfCandidates.Contacts} c WHERE c.account_id = @account AND c.contact_id = ANY(@candidates)",
            new { account = EarlyDatabase.NewAccount, candidates = EarlyDatabase.Asked });

        Assert.Equal(EarlyDatabase.AskedRows, rows);
    }
}
