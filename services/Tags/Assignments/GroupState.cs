using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Assignments;

/// <summary>The tags of a group's contacts: read under lock, changed in memory, written back.</summary>
internal sealed class GroupState
{
    private readonly HashSet<int> _living = [];
    private readonly HashSet<int> _tags = [];
    private readonly Dictionary<(int TagId, int ContactId), (bool Before, bool Now)> _bits = [];
    private readonly int _accountId;

    private GroupState(int accountId) => _accountId = accountId;

    /// <summary>Reads which contacts live, which tags exist and who has what, and locks the chunks concerned.</summary>
    public static async Task<GroupState> LockAsync(AccountTransaction transaction, List<PendingChange> group, CancellationToken ct)
    {
        var state = new GroupState(transaction.AccountId);
        var pairs = group
            .SelectMany(change => change.TagIds.Select(tagId => (TagId: tagId, change.ContactId, change.On)))
            .GroupBy(pair => (pair.TagId, pair.ContactId), pair => pair.On)
            .Select(pair => (pair.Key.TagId, pair.Key.ContactId, Adds: pair.Any(on => on)))
            .ToList();
        foreach (var (tagId, contactId, _) in pairs)
        {
            state._bits[(tagId, contactId)] = (false, false);
        }

        await using var batch = transaction.ShareLibrary(transaction.CreateBatch());
        AddReads(batch, transaction.AccountId, group.Select(change => change.ContactId).Distinct().ToArray(), pairs);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await state.ReadAsync(reader, ct);
        return state;
    }

    /// <summary>Whether the contact exists and is not deleted.</summary>
    public bool IsLiving(int contactId) => _living.Contains(contactId);

    /// <summary>Whether the tag exists and is not deleted.</summary>
    public bool Exists(int tagId) => _tags.Contains(tagId);

    /// <summary>Sets or clears a tag of a contact; tells whether that changed anything.</summary>
    public bool Set(int tagId, int contactId, bool on)
    {
        var (before, now) = _bits[(tagId, contactId)];
        _bits[(tagId, contactId)] = (before, on);
        return now != on;
    }

    /// <summary>Adds the statements that write the changes: one for chunks with a single changed bit, which needs no mask, one for the others.</summary>
    public void AddWrites(NpgsqlBatch batch)
    {
        var chunks = _bits
            .Where(entry => entry.Value.Before != entry.Value.Now)
            .GroupBy(entry => (entry.Key.TagId, Chunk: entry.Key.ContactId / ChunkBits.Size))
            .ToLookup(chunk => chunk.Count() == 1);
        AddSingles(batch, [.. chunks[true].Select(chunk => chunk.Single()).Select(entry => (entry.Key.TagId, entry.Key.ContactId, entry.Value.Now))]);
        AddMasks(batch, [.. chunks[false].Select(chunk => (
            chunk.Key.TagId,
            chunk.Key.Chunk,
            Mask(chunk.Where(entry => entry.Value.Now).Select(entry => entry.Key.ContactId)),
            Mask(chunk.Where(entry => !entry.Value.Now).Select(entry => entry.Key.ContactId))))]);
    }

    private static void AddReads(NpgsqlBatch batch, int accountId, int[] contactIds, List<(int TagId, int ContactId, bool Adds)> pairs)
    {
        object[] columns = [accountId, pairs.Select(pair => pair.TagId).ToArray(), pairs.Select(pair => pair.ContactId).ToArray()];
        var added = pairs.Where(pair => pair.Adds).Select(pair => (pair.TagId, Chunk: pair.ContactId / ChunkBits.Size)).Distinct().ToList();
        batch
            .Add(
                """
                SELECT p.contact_id
                FROM unnest($2::int[]) AS p (contact_id)
                JOIN tags.tag_chunk t ON t.account_id = $1 AND t.tag_id = 0 AND t.chunk = p.contact_id / 16384
                WHERE p.contact_id > 0 AND get_bit(t.bits, p.contact_id % 16384) = 1
                """,
                accountId,
                contactIds)
            .Add(
                "SELECT tag_id FROM tags.tag WHERE account_id = $1 AND tag_id = ANY ($2) AND deleted_at IS NULL",
                accountId,
                pairs.Select(pair => pair.TagId).Distinct().ToArray())
            .Add(
                $"""
                INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
                SELECT $1, p.tag_id, p.chunk, {Sql.Zero}
                FROM unnest($2::int[], $3::int[]) AS p (tag_id, chunk)
                JOIN tags.tag ON tag.account_id = $1 AND tag.tag_id = p.tag_id AND tag.deleted_at IS NULL
                WHERE NOT EXISTS (SELECT FROM tags.tag_chunk t WHERE t.account_id = $1 AND t.tag_id = p.tag_id AND t.chunk = p.chunk)
                ORDER BY p.tag_id, p.chunk
                ON CONFLICT DO NOTHING
                """,
                accountId,
                added.Select(chunk => chunk.TagId).ToArray(),
                added.Select(chunk => chunk.Chunk).ToArray())
            .Add(
                """
                SELECT p.tag_id, p.contact_id, get_bit(t.bits, p.contact_id % 16384) = 1
                FROM unnest($2::int[], $3::int[]) AS p (tag_id, contact_id)
                JOIN tags.tag_chunk t ON t.account_id = $1 AND t.tag_id = p.tag_id AND t.chunk = p.contact_id / 16384
                WHERE p.contact_id > 0
                ORDER BY t.tag_id, t.chunk
                FOR NO KEY UPDATE OF t
                """,
                columns);
    }

    private async Task ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
            _living.Add(reader.GetInt32(0));
        }

        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            _tags.Add(reader.GetInt32(0));
        }

        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var on = reader.GetBoolean(2);
            _bits[(reader.GetInt32(0), reader.GetInt32(1))] = (on, on);
        }
    }

    private void AddSingles(NpgsqlBatch batch, List<(int TagId, int ContactId, bool On)> bits)
    {
        if (bits.Count == 0)
        {
            return;
        }

        batch.Add(
            """
            UPDATE tags.tag_chunk t
            SET bits = set_bit(t.bits, p.contact_id % 16384, p.bit)
            FROM unnest($2::int[], $3::int[], $4::int[]) AS p (tag_id, contact_id, bit)
            WHERE t.account_id = $1 AND t.tag_id = p.tag_id AND t.chunk = p.contact_id / 16384
            """,
            _accountId,
            bits.Select(bit => bit.TagId).ToArray(),
            bits.Select(bit => bit.ContactId).ToArray(),
            bits.Select(bit => bit.On ? 1 : 0).ToArray());
    }

    private void AddMasks(NpgsqlBatch batch, List<(int TagId, int Chunk, byte[] On, byte[] Off)> chunks)
    {
        if (chunks.Count == 0)
        {
            return;
        }

        batch.Add(
            """
            UPDATE tags.tag_chunk t
            SET bits = t.bits & ~('x' || encode(p.off, 'hex'))::bit(16384) | ('x' || encode(p.on, 'hex'))::bit(16384)
            FROM unnest($2::int[], $3::int[], $4::bytea[], $5::bytea[]) AS p (tag_id, chunk, "on", off)
            WHERE t.account_id = $1 AND t.tag_id = p.tag_id AND t.chunk = p.chunk
            """,
            _accountId,
            chunks.Select(chunk => chunk.TagId).ToArray(),
            chunks.Select(chunk => chunk.Chunk).ToArray(),
            chunks.Select(chunk => chunk.On).ToArray(),
            chunks.Select(chunk => chunk.Off).ToArray());
    }

    private static byte[] Mask(IEnumerable<int> contactIds)
    {
        var bits = new byte[ChunkBits.Bytes];
        foreach (var contactId in contactIds)
        {
            ChunkBits.Set(bits, contactId % ChunkBits.Size);
        }

        return bits;
    }
}
