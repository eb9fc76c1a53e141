using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Past;

/// <summary>Finds moments in the history of accounts and reads their state.</summary>
internal class PastHistory(TimeProvider time)
{
    /// <summary>Reads the instant of a request, cut to microseconds; throws INVALID_ARGUMENT if it is not in the past.</summary>
    public DateTime Read(Timestamp asOf)
    {
        new FieldChecks()
            .RequireTime(asOf, "as_of")
            .Require(asOf.Seconds <= time.GetUtcNow().ToUnixTimeSeconds(), "as_of", "lies in the future")
            .ThrowIfAny();
        var instant = asOf.ToDateTime();
        new FieldChecks().Require(instant <= time.GetUtcNow().UtcDateTime, "as_of", "lies in the future").ThrowIfAny();
        return instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Finds the positions of the clocks at an instant; throws OUT_OF_RANGE if the history does not reach back to it.</summary>
    public virtual async Task<PastMoment> FindAsync(Snapshot snapshot, DateTime at, CancellationToken ct)
    {
        const string sql = """
            SELECT a.history_from,
                (SELECT c.committed_at FROM crm.segment_commits c WHERE c.account_id = @AccountId AND c.pos = @Floor) AS records_from,
                (SELECT c.committed_at FROM campaigns.segment_activity_commits c
                 WHERE c.account_id = @AccountId AND c.pos = @ActivityFloor) AS activity_from,
                (SELECT c.pos FROM crm.segment_commits c
                 WHERE c.account_id = @AccountId AND c.committed_at <= @at ORDER BY c.pos DESC LIMIT 1) AS pos,
                (SELECT c.pos FROM campaigns.segment_activity_commits c
                 WHERE c.account_id = @AccountId AND c.committed_at <= @at ORDER BY c.pos DESC LIMIT 1) AS activity_pos
            FROM crm.segment_accounts a
            WHERE a.account_id = @AccountId
            """;
        var clocks = snapshot.Clocks;
        var row = (await snapshot.QueryAsync<Row>(sql, new { snapshot.AccountId, clocks.Floor, clocks.ActivityFloor, at }, ct)).Single();

        // A clock that had not moved by then stood at 0.
        var moment = new PastMoment(at, row.Pos ?? 0, row.ActivityPos ?? 0);
        return at >= row.HistoryFrom && moment.Pos >= clocks.Floor && moment.ActivityPos >= clocks.ActivityFloor
            ? moment
            : throw Missing(at, row);
    }

    /// <summary>
    /// Reads the names and some tags of a moment. Returns the state of today to read texts with, because callers know its names, and the state
    /// of then to evaluate on.
    /// </summary>
    public virtual async Task<(AccountState Today, AccountState Then)> LoadAsync(
        Snapshot snapshot, AccountState today, PastMoment moment, IReadOnlyCollection<int> tagIds, CancellationToken ct)
    {
        var sources = PastSources.At(moment);
        var catalog = await FilterCatalogStore.LoadAsync(snapshot.Connection, snapshot.AccountId, sources, ct);
        var tags = await TagStore.LoadAsync(snapshot, [.. tagIds.Append(AccountState.LivingContacts).Distinct()], ct, sources);

        var erased = await TakeErasedAsync(snapshot, tags, ct);
        var then = today with
        {
            Catalog = catalog.WithValuesOf(today.Catalog),
            Tags = tags.ToImmutableDictionary(),
            ErasedContacts = erased,
            ReadFilters = new(),
        };
        return (today with { Catalog = today.Catalog.WithValuesOf(catalog), ReadFilters = new() }, then);
    }

    // Nothing is known of those who were erased since, so they are not among the living, and every answer says how many they are.
    private static async Task<int> TakeErasedAsync(Snapshot snapshot, Dictionary<int, Bitmap> tags, CancellationToken ct)
    {
        const string sql = "SELECT contact_id FROM crm.segment_erasures WHERE account_id = @AccountId";
        var living = tags[AccountState.LivingContacts];
        List<int> erased = [.. (await snapshot.QueryAsync<int>(sql, new { snapshot.AccountId }, ct)).Where(living.Contains)];
        var others = new BitmapEditor(living);
        erased.ForEach(others.Remove);
        tags[AccountState.LivingContacts] = others.ToBitmap();
        return erased.Count;
    }

    private static RpcException Missing(DateTime at, Row row)
    {
        var earliest = new[] { row.HistoryFrom, row.RecordsFrom ?? DateTime.MinValue, row.ActivityFrom ?? DateTime.MinValue }.Max();
        return RpcErrors.HistoryMissing(
            string.Create(CultureInfo.InvariantCulture, $"Nothing is known about {at:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}"), earliest);
    }

    private sealed record Row(DateTime HistoryFrom, DateTime? RecordsFrom, DateTime? ActivityFrom, long? Pos, long? ActivityPos);
}
