using Dapper;
using Npgsql;

namespace TagSegments.Campaigns.Tracking;

/// <summary>A message that was sent: the campaign that it counts for, if any, and the name of its account.</summary>
internal sealed record SentMessage(Guid? CampaignId, string? AccountName);

/// <summary>Finds the messages that links belong to; requests that ask at the same time share a query.</summary>
internal sealed class SentMessages : IAsyncDisposable
{
    private const int MostTogether = 1_000;
    private readonly NpgsqlDataSource _database;
    private readonly Coalescer<Question, SentMessage> _questions;

    public SentMessages(NpgsqlDataSource database)
    {
        _database = database;
        _questions = new(AnswerAsync, MostTogether);
    }

    /// <summary>Finds a message; nothing is known of one that no longer exists.</summary>
    public Task<SentMessage> FindAsync(TrackingTarget target) => _questions.RunAsync(new Question(target), CancellationToken.None);

    public ValueTask DisposeAsync() => _questions.DisposeAsync();

    private async Task AnswerAsync(IReadOnlyList<Question> questions)
    {
        const string sql =
            """
            SELECT n, CASE WHEN r.single THEN m.campaign_id ELSE r.campaign_id END, COALESCE(c.account_name, m.account_name)
            FROM unnest(@accounts, @campaigns, @contacts) WITH ORDINALITY AS q (account_id, campaign_id, contact_id, n)
            JOIN campaigns.recipient r USING (account_id, campaign_id, contact_id)
            LEFT JOIN campaigns.campaign c ON c.account_id = r.account_id AND c.campaign_id = r.campaign_id
            LEFT JOIN campaigns.single_message m ON r.single AND m.account_id = r.account_id AND m.message_id = r.campaign_id
            """;
        var parameters = new
        {
            accounts = questions.Select(q => q.Target.AccountId).ToArray(),
            campaigns = questions.Select(q => q.Target.CampaignId).ToArray(),
            contacts = questions.Select(q => q.Target.ContactId).ToArray(),
        };
        await using var connection = await _database.OpenConnectionAsync();
        var found = (await connection.QueryAsync<(long N, Guid? CampaignId, string AccountName)>(sql, parameters))
            .ToDictionary(row => row.N, row => new SentMessage(row.CampaignId, row.AccountName));
        for (var i = 0; i < questions.Count; i++)
        {
            questions[i].Complete(found.GetValueOrDefault(i + 1, new SentMessage(null, null)));
        }
    }

    private sealed class Question(TrackingTarget target) : PendingCall<SentMessage>
    {
        public TrackingTarget Target => target;
    }
}
