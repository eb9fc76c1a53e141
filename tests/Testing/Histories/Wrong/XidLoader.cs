using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;

namespace TagSegments.Testing.Histories.Wrong;

/// <summary>
/// A wrong variant, the one that guides to outboxes describe: a state's mark is the oldest transaction that was open at its snapshot, and
/// the changes of all transactions from there on are applied to it in the order of their ids.
/// </summary>
internal sealed class XidLoader(TagEntryCache cache, IndexMetrics metrics) : TagLoader(cache, metrics, NullLogger<TagLoader>.Instance)
{
    private readonly ConditionalWeakTable<ImmutableDictionary<int, Bitmap>, object> _marks = [];

    public override async Task<ImmutableDictionary<int, Bitmap>> LoadAsync(
        AccountState? state,
        Snapshot snapshot,
        IReadOnlyDictionary<int, TagEntry> entries,
        IReadOnlyCollection<int> missing,
        CancellationToken ct)
    {
        var mark = (await snapshot.QueryAsync<long>("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint", new { }, ct)).Single();
        var tags = state is null ? ImmutableDictionary<int, Bitmap>.Empty : await ReplayAsync(state.Tags, snapshot, ct);
        tags = tags.SetItems(await TagStore.LoadAsync(snapshot, [.. missing.Where(tagId => !tags.ContainsKey(tagId))], ct));
        _marks.AddOrUpdate(tags, mark);
        return tags;
    }

    private async Task<ImmutableDictionary<int, Bitmap>> ReplayAsync(
        ImmutableDictionary<int, Bitmap> tags, Snapshot snapshot, CancellationToken ct)
    {
        const string sql = """
            SELECT tag_id, op, coalesce(contact_id, chunk * 16384 + i)
            FROM tags.tag_change t
            LEFT JOIN generate_series(0, 16383) AS i ON bits IS NOT NULL AND get_bit(bits, i) = 1
            WHERE account_id = @AccountId AND t.xmin::text::bigint >= @mark AND (contact_id IS NOT NULL OR i IS NOT NULL)
            ORDER BY t.xmin::text::bigint, pos, seq
            """;
        var mark = (long)_marks.GetValue(tags, _ => 0L);
        var editors = tags.ToDictionary(tag => tag.Key, tag => new BitmapEditor(tag.Value));
        foreach (var (tagId, op, contactId) in await snapshot.QueryAsync<(int TagId, short Op, int ContactId)>(sql, new { snapshot.AccountId, mark }, ct))
        {
            if (editors.TryGetValue(tagId, out var editor))
            {
                (op == 1 ? (Action<int>)editor.Add : editor.Remove)(contactId);
            }
        }

        return tags.SetItems(editors.Select(editor => KeyValuePair.Create(editor.Key, editor.Value.ToBitmap())));
    }
}
