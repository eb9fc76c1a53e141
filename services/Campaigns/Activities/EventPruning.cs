using TagSegments.Campaigns.Schema;
using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Campaigns.Activities;

/// <summary>Deletes custom events that are too old; <c>campaigns.prune_events</c> says how.</summary>
internal static class EventPruning
{
    private const string DueSql =
        $"""
        SELECT account_id
        FROM campaigns.activity_clock c
        WHERE {PruneScope.Condition} AND (c.events_from < @Before - interval '1 day' OR EXISTS (
            SELECT FROM campaigns.activity a
            WHERE a.account_id = c.account_id AND a.kind = {ActivityKinds.Custom} AND a.at < c.events_from))
        LIMIT 1
        """;

    /// <summary>The custom events, as a kind of data.</summary>
    public static readonly Pruning Kind = new(days => days.ActivityDays, DueSql, "SELECT campaigns.prune_events(@AccountId, @Before, @Rows)");
}
