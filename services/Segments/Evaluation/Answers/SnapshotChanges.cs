using Crm.Common.V1;
using Dapper;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>
/// Finds in a snapshot the contacts for whom something has changed since a position, each once. Null if the snapshot's database was never at
/// that position, if its log no longer reaches back to it, or if there are more than the limit.
/// </summary>
internal class SnapshotChanges(Snapshot snapshot)
{
    private readonly Dictionary<object, IReadOnlyCollection<int>?> _found = [];

    /// <summary>The snapshot.</summary>
    public Snapshot Snapshot => snapshot;

    /// <summary>Finds the contacts whose record or opportunities have changed.</summary>
    public Task<IReadOnlyCollection<int>?> RecordsAsync(ClockPosition since, int most, CancellationToken ct)
    {
        const string sql = """
            SELECT DISTINCT contact_id
            FROM crm.segment_contact_changes
            WHERE account_id = @AccountId AND pos > @Pos
            LIMIT @limit
            """;
        return OnceAsync(("records", since), async () => await KnowsRecordsAsync(since, ct) ? await FindAsync(sql, since, most, ct) : null);
    }

    /// <summary>Finds the contacts that got a tag, however often they lost it again.</summary>
    public Task<IReadOnlyCollection<int>?> TagAsync(int tagId, ClockPosition since, int most, CancellationToken ct)
    {
        const string sql = $"""
            SELECT contact_id, chunk, bits::text AS bits
            FROM tags.segment_tag_changes
            WHERE account_id = @AccountId AND tag_id = @tagId AND op = {TagOps.Added} AND pos > @Pos
            LIMIT @limit
            """;
        return OnceAsync((tagId, since), async () =>
        {
            if (!await KnowsRecordsAsync(since, ct))
            {
                return null;
            }

            var rows = (await snapshot.QueryAsync<(int? ContactId, int Chunk, string? Bits)>(
                sql, new { snapshot.AccountId, tagId, since.Pos, limit = most + 1 }, ct)).AsList();
            var contacts = rows.SelectMany(row => row.ContactId is { } contactId ? [contactId] : Set(row.Chunk, row.Bits!)).ToHashSet();
            return rows.Count <= most && contacts.Count <= most ? contacts : null;
        });
    }

    /// <summary>Finds the contacts with newly recorded activity.</summary>
    public Task<IReadOnlyCollection<int>?> ActivityAsync(ClockPosition since, int most, CancellationToken ct)
    {
        const string sql = """
            SELECT DISTINCT contact_id
            FROM campaigns.segment_activity_commits, unnest(contact_ids) AS contact_id
            WHERE account_id = @AccountId AND pos > @Pos
            LIMIT @limit
            """;
        return OnceAsync(("activity", since), async () => await KnowsActivityAsync(since, ct) ? await FindAsync(sql, since, most, ct) : null);
    }

    /// <summary>Finds the contacts whose address was added to the suppression list or removed. Phone numbers and domains are not looked up.</summary>
    public Task<IReadOnlyCollection<int>?> SuppressionsAsync(Channel channel, ClockPosition since, int most, CancellationToken ct)
    {
        const string sql = $"""
            SELECT DISTINCT c.contact_id
            FROM campaigns.segment_suppression_changes s
            JOIN crm.segment_contacts c ON c.account_id = s.account_id AND c.email_key = s.address_key
            WHERE s.account_id = @AccountId AND s.pos > @Pos AND s.channel = {Channels.Email}
            LIMIT @limit
            """;
        const string anySql = $"""
            SELECT EXISTS (
                SELECT FROM campaigns.segment_suppression_changes
                WHERE account_id = @AccountId AND pos > @Pos AND channel = @number AND (channel = {Channels.Sms} OR strpos(address_key, '@') = 0))
            """;
        return OnceAsync((channel, since), async () =>
        {
            if (!await KnowsActivityAsync(since, ct))
            {
                return null;
            }

            var number = channel == Channel.Sms ? 2 : 1;
            return (await snapshot.QueryAsync<bool>(anySql, new { snapshot.AccountId, since.Pos, number }, ct)).Single() ? null
                : channel == Channel.Sms ? []
                : await FindAsync(sql, since, most, ct);
        });
    }

    private async Task<IReadOnlyCollection<int>?> FindAsync(string sql, ClockPosition since, int most, CancellationToken ct)
    {
        var rows = (await snapshot.QueryAsync<int>(sql, new { snapshot.AccountId, since.Pos, limit = most + 1 }, ct)).AsList();
        return rows.Count <= most ? rows : null;
    }

    /// <summary>Whether the database was at a position of the clock of records, and its log reaches back to it; position 0 is the beginning of every history.</summary>
    protected virtual async Task<bool> KnowsRecordsAsync(ClockPosition position, CancellationToken ct) =>
        position.Pos >= snapshot.Clocks.Floor && (position == default || (await snapshot.KnownAsync([position], ct)).Contains(position));

    /// <summary>Whether it was at a position of the clock of activity, and its log reaches back to it.</summary>
    protected virtual async Task<bool> KnowsActivityAsync(ClockPosition position, CancellationToken ct)
    {
        const string sql = """
            SELECT EXISTS (
                SELECT FROM campaigns.segment_activity_commits WHERE account_id = @AccountId AND pos = @Pos AND nonce = @Nonce)
            """;
        return position.Pos >= snapshot.Clocks.ActivityFloor
            && (position == default || (await snapshot.QueryAsync<bool>(sql, new { snapshot.AccountId, position.Pos, position.Nonce }, ct)).Single());
    }

    private async Task<IReadOnlyCollection<int>?> OnceAsync(object what, Func<Task<IReadOnlyCollection<int>?>> find)
    {
        if (!_found.TryGetValue(what, out var contacts))
        {
            _found[what] = contacts = await find();
        }

        return contacts;
    }

    private static IEnumerable<int> Set(int chunk, string bits)
    {
        for (var i = bits.IndexOf('1', StringComparison.Ordinal); i >= 0; i = bits.IndexOf('1', i + 1))
        {
            yield return (chunk * ChunkLayout.Bits) + i;
        }
    }
}
