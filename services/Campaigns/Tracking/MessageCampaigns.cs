using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Tracking;

/// <summary>Finds the campaigns that messages count for; requests that ask at the same time share a query.</summary>
internal sealed class MessageCampaigns : IAsyncDisposable
{
    private const int MostTogether = 1_000;
    private readonly NpgsqlDataSource _database;
    private readonly Coalescer<Question, Guid?> _questions;

    public MessageCampaigns(NpgsqlDataSource database)
    {
        _database = database;
        _questions = new(AnswerAsync, MostTogether);
    }

    /// <summary>The campaign of a message; that of a single message is the one that it was sent for, if any.</summary>
    public Task<Guid?> FindAsync(TrackingTarget target) => _questions.RunAsync(new Question(target), CancellationToken.None);

    public ValueTask DisposeAsync() => _questions.DisposeAsync();

    private async Task AnswerAsync(IReadOnlyList<Question> questions)
    {
        const string sql =
            """
            SELECT n, CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END
            FROM unnest(@accounts, @campaigns, @contacts) WITH ORDINALITY AS q (account_id, campaign_id, contact_id, n)
            JOIN campaigns.recipient r USING (account_id, campaign_id, contact_id)
            LEFT JOIN campaigns.single_message m ON r.single AND m.account_id = r.account_id AND m.message_id = r.campaign_id
            """;
        var parameters = new
        {
            accounts = questions.Select(q => q.Target.AccountId).ToArray(),
            campaigns = questions.Select(q => q.Target.CampaignId).ToArray(),
            contacts = questions.Select(q => q.Target.ContactId).ToArray(),
        };
        await using var connection = await _database.OpenConnectionAsync();
        var found = (await connection.QueryAsync<(long N, Guid? CampaignId)>(sql, parameters)).ToDictionary(row => row.N, row => row.CampaignId);
        for (var i = 0; i < questions.Count; i++)
        {
            questions[i].Complete(found.GetValueOrDefault(i + 1));
        }
    }

    private sealed class Question(TrackingTarget target) : PendingCall<Guid?>
    {
        public TrackingTarget Target => target;
    }
}
