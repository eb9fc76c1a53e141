using Dapper;
using Npgsql;
using TagSegments.Campaigns.Activities;

namespace TagSegments.Campaigns.Tracking;

/// <summary>
/// A message that was sent: the contact that its recipient is now, the campaign that it counts for, if any, the name of its account, and whether
/// the account was erased.
/// </summary>
internal sealed record SentMessage(int ContactId, Guid? CampaignId, string? AccountName, bool IsErased = false);

/// <summary>Finds the messages that links belong to; requests of an account that ask at the same time share a query.</summary>
internal sealed class SentMessages : IAsyncDisposable
{
    private const int MostTogether = 1_000;
    private readonly AccountDatabase _database;
    private readonly MergedContacts _merged;
    private readonly AccountCoalescers<Question, SentMessage> _questions;

    public SentMessages(AccountDatabase database, MergedContacts merged)
    {
        (_database, _merged) = (database, merged);
        _questions = new(accountId => new(questions => AnswerAsync(accountId, questions), MostTogether) { Span = ("campaigns.sent", accountId) });
    }

    /// <summary>Finds a message; nothing but whether its account was erased is known of one that no longer exists.</summary>
    public Task<SentMessage> FindAsync(TrackingTarget target, CancellationToken ct) =>
        _questions.RunAsync(target.AccountId, new Question(target), ct);

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
        List<(long N, Guid? CampaignId, string? AccountName, bool IsErased)> rows;
        await using (var connection = await _database.OpenAsync(accountId))
        {
            rows = (await connection.QueryAsync<(long N, Guid? CampaignId, string? AccountName, bool IsErased)>(sql, parameters)).AsList();
        }

        // A message that is not known any more has no account to ask.
        var now = rows.Select(row => row.AccountName).FirstOrDefault(name => name is not null) is { } account
            ? await _merged.FindAsync(accountId, account, parameters.contacts, CancellationToken.None)
            : new Dictionary<int, int>();
        foreach (var row in rows)
        {
            var question = questions[(int)row.N - 1];
            var contactId = question.Target.ContactId;
            question.Complete(new(now.GetValueOrDefault(contactId, contactId), row.CampaignId, row.AccountName, row.IsErased));
        }
    }

    private sealed class Question(TrackingTarget target) : PendingCall<SentMessage>
    {
        public TrackingTarget Target => target;
    }
}
