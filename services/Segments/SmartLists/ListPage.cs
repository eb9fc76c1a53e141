using System.Runtime.InteropServices;
using TagSegments.Bitmaps;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.SmartLists;

/// <summary>Reads one page of the members of a smart list, in the snapshot in which they were found.</summary>
internal sealed class ListPage(Moment moment, MatchSet members, IReadOnlyList<ListColumn> columns)
{
    // Up to this many members are looked up by number; beyond, reading all contacts is faster.
    private const int FewMembers = 10_000;

    private readonly SqlParameters _parameters = FilterSql.Parameters(moment.Context);
    private readonly FilterSources _few = moment.Context.ForCandidates().Sources;

    /// <summary>Reads the rows after a position, without the first <paramref name="skip"/> of them, as the last query of the snapshot.</summary>
    public Task<Page<ListRow>> ReadAsync(ListOrder order, ListPosition? position, int skip, int size, CancellationToken ct)
    {
        var sql = order.Column is null ? ByNumber(order.Descending, position, skip, size + 1) : ByColumn(order, order.Column, position, skip, size + 1);
        return moment.Snapshot.QueryPageAsync(sql, _parameters, new Page<ListRow>(size, row => row.Cells.Length), ct);
    }

    // The members' bitmap is in the order of their numbers already.
    private string ByNumber(bool descending, ListPosition? position, int skip, int limit)
    {
        _parameters.Add("candidates", descending
            ? members.PageDown(position?.ContactId ?? int.MaxValue, limit, skip)
            : members.Page(position?.ContactId ?? 0, limit, skip));
        return $"""
            SELECT c.contact_id, NULL AS sort_value, {Cells()} AS cells
            FROM {_few.Contacts} c
            WHERE c.account_id = @account AND c.contact_id = ANY(@candidates)
            ORDER BY c.contact_id {(descending ? "DESC" : "ASC")}
            """;
    }

    // The cells are read of the page alone.
    private string ByColumn(ListOrder order, ListColumn column, ListPosition? position, int skip, int limit)
    {
        _parameters.Add("limit", limit);
        _parameters.Add("skip", skip);
        var (value, type) = ListColumnSql.Order(column, _parameters);
        var direction = order.Descending ? "DESC" : "ASC";
        var (contacts, among) = Among();
        return $"""
            WITH page AS MATERIALIZED (
                SELECT c.contact_id, {value} AS sort_value
                FROM {contacts} c{among}{Behind(value, type, order.Descending, position)}
                ORDER BY sort_value {direction} NULLS LAST, c.contact_id
                LIMIT @limit OFFSET @skip)
            SELECT c.contact_id, p.sort_value::text, {Cells()} AS cells
            FROM page p
            JOIN {contacts} c ON c.account_id = @account AND c.contact_id = p.contact_id
            ORDER BY p.sort_value {direction} NULLS LAST, c.contact_id
            """;
    }

    private (string Contacts, string Among) Among()
    {
        if (members.Count() <= FewMembers)
        {
            _parameters.Add("candidates", members.Page(0, FewMembers));
            return (_few.Contacts, " WHERE c.account_id = @account AND c.contact_id = ANY(@candidates)");
        }

        var chunks = members.ToBitmap();
        var used = Enumerable.Range(0, chunks.ChunkCount).Where(chunk => chunks[chunk].Count > 0).ToArray();
        _parameters.Add("chunks", used);
        _parameters.Add("bits", used.Select(chunk => Bytes(chunks[chunk])).ToArray());
        // In a bytea the bits of a byte count from the lowest, in a chunk from the highest.
        const string among = """

            JOIN unnest(@chunks, @bits) AS m (chunk, bits) ON m.chunk = c.contact_id >> 14 AND get_bit(m.bits, (c.contact_id & 16383) # 7) = 1
            WHERE c.account_id = @account
            """;
        return (moment.Context.Sources.Contacts, among);
    }

    // Rows without a value come last in both directions.
    private string Behind(string value, string type, bool descending, ListPosition? position)
    {
        if (position is null)
        {
            return "";
        }

        var after = _parameters.Bind(position.ContactId);
        if (position.Value is null)
        {
            return $" AND ({value}) IS NULL AND c.contact_id > {after}";
        }

        var last = $"{_parameters.Bind(position.Value)}::{type}";
        return $" AND ({value} {(descending ? "<" : ">")} {last} OR {value} = {last} AND c.contact_id > {after} OR ({value}) IS NULL)";
    }

    private string Cells() => $"jsonb_build_array({string.Join(", ", columns.Select(column => ListColumnSql.Value(column, moment.Context.Sources, _parameters)))})";

    private static byte[] Bytes(BitChunk chunk)
    {
        var words = new ulong[ChunkLayout.Words];
        chunk.CopyTo(words);
        return MemoryMarshal.AsBytes(words.AsSpan()).ToArray();
    }
}
