using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// A message that was sent: the campaign that it counts for, if any, the name of its account, and whether the account was erased.
/// </summary>
internal sealed record SentMessage(Guid? CampaignId, string? AccountName, bool IsErased = false);

/// <summary>Finds the messages that links belong to; requests of an account that ask at the same time share a query.</summary>
internal sealed class SentMessages : IAsyncDisposable
{
    private const int MostTogether = 1_000;
    private readonly AccountDatabase _database;
    private readonly AccountCoalescers<Question, SentMessage> _questions;

    public SentMessages(AccountDatabase database)
    {
        _database = database;
        _questions = new(accountId => new(questions => AnswerAsync(accountId, questions), MostTogether));
    }

    /// <summary>Finds a message; nothing but whether its account was erased is known of one that no longer exists.</summary>
    public Task<SentMessage> FindAsync(TrackingTarget target) =>
        _questions.RunAsync(target.AccountId, new Question(target), CancellationToken.None);

    public ValueTask DisposeAsync() => _questions.DisposeAsync();

    private async Task AnswerAsync(int accountId, IReadOnlyList<Question> questions)
    {
        const string sql =
            """
            SELECT n, CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END, COALESCE(c.account_name, m.account_name),
                r.state IS NULL AND NOT EXISTS (SELECT FROM campaigns.activity_clock k WHERE k.account_id = @accountId)
            FROM unnest(@campaigns, @contacts) WITH ORDINALITY AS q (campaign_id, contact_id, n)
            LEFT JOIN campaigns.recipient r ON r.account_id = @accountId AND r.campaign_id = q.campaign_id AND r.contact_id = q.contact_id
            LEFT JOIN campaigns.campaign c ON c.account_id = r.account_id AND c.campaign_id = r.campaign_id
            LEFT JOIN campaigns.single_message m ON r.single AND m.account_id = r.account_id AND m.message_id = r.campaign_id
            """;
        var parameters = new
        {
            accountId,
            campaigns = questions.Select(q => q.Target.CampaignId).ToArray(),
            contacts = questions.Select(q => q.Target.ContactId).ToArray(),
        };
        await using var connection = await _database.OpenAsync(accountId);
        var found = (await connection.QueryAsync<(long N, Guid? CampaignId, string? AccountName, bool IsErased)>(sql, parameters))
            .ToDictionary(row => row.N, row => new SentMessage(row.CampaignId, row.AccountName, row.IsErased));
        for (var i = 0; i < questions.Count; i++)
        {
            questions[i].Complete(found[i + 1]);
        }
    }

    private sealed class Question(TrackingTarget target) : PendingCall<SentMessage>
    {
        public TrackingTarget Target => target;
    }
}
