using Kind = Crm.Segments.V1.ActivityClause.Types.Kind;

namespace TagSegments.Segments.Index;

/// <summary>Reads from PostgreSQL when something was last recorded for contacts.</summary>
internal static class ActivityStore
{
    /// <summary>The kinds of activity that the roll-up of e-mail knows, with its columns.</summary>
    public static IReadOnlyDictionary<Kind, string> Columns { get; } = new Dictionary<Kind, string>
    {
        [Kind.Sent] = "last_sent_at",
        [Kind.Delivered] = "last_delivered_at",
        [Kind.Opened] = "last_opened_at",
        [Kind.Clicked] = "last_clicked_at",
        [Kind.Bounced] = "last_bounced_at",
        [Kind.Replied] = "last_replied_at",
        [Kind.Unsubscribed] = "last_unsubscribed_at",
        [Kind.Complained] = "last_complained_at",
    };

    /// <summary>Reads a whole column as of a snapshot.</summary>
    public static async Task<ActivityColumn> LoadAsync(Snapshot snapshot, Kind kind, CancellationToken ct)
    {
        var column = Columns[kind];
        var sql = $"""
            SELECT contact_id, {column}
            FROM campaigns.segment_contact_activity
            WHERE account_id = @AccountId AND {column} IS NOT NULL
            """;
        var rows = await snapshot.QueryAsync<(int ContactId, DateTime At)>(sql, new { snapshot.AccountId }, ct);
        return ActivityColumn.Empty.With(rows.Select(row => (row.ContactId, row.At.Ticks)));
    }

    /// <summary>
    /// Finds the contacts for whom something was recorded since a position. Null if this database was never at that position, if the log no
    /// longer reaches back to it, or if there are more than <paramref name="most"/>.
    /// </summary>
    public static async Task<int[]?> ChangedAsync(Snapshot snapshot, ClockPosition since, int most, CancellationToken ct)
    {
        const string sql = """
            SELECT DISTINCT contact_id
            FROM campaigns.segment_activity_commits, unnest(contact_ids) AS contact_id
            WHERE account_id = @AccountId AND pos > @Pos
            LIMIT @limit
            """;
        const string known = """
            SELECT EXISTS (
                SELECT FROM campaigns.segment_activity_commits WHERE account_id = @AccountId AND pos = @Pos AND nonce = @Nonce)
            """;
        if (since.Pos < snapshot.Clocks.ActivityFloor
            || !(await snapshot.QueryAsync<bool>(known, new { snapshot.AccountId, since.Pos, since.Nonce }, ct)).Single())
        {
            return null;
        }

        var rows = await snapshot.QueryAsync<int>(sql, new { snapshot.AccountId, since.Pos, limit = most + 1 }, ct);
        return rows.ToArray() is { } contactIds && contactIds.Length <= most ? contactIds : null;
    }

    /// <summary>Reads a column again for some contacts.</summary>
    public static async Task<ActivityColumn> RefreshAsync(
        Snapshot snapshot, Kind kind, ActivityColumn column, int[] contactIds, CancellationToken ct)
    {
        var sql = $"""
            SELECT i AS contact_id, a.{Columns[kind]}
            FROM unnest(@contactIds) AS i
            LEFT JOIN campaigns.segment_contact_activity a ON a.account_id = @AccountId AND a.contact_id = i
            """;
        var rows = await snapshot.QueryAsync<(int ContactId, DateTime? At)>(sql, new { snapshot.AccountId, contactIds }, ct);
        return column.With(rows.Select(row => (row.ContactId, row.At?.Ticks ?? 0)));
    }
}
