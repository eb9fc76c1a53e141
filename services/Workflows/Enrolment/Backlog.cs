using System.Collections;
using Crm.Common.V1;
using Npgsql;
using NpgsqlTypes;

namespace TagSegments.Workflows.Enrolment;

/// <summary>The enrolments of bulk operations that wait to become runs.</summary>
internal static class Backlog
{
    private const int ChunkSize = 16_384;

    /// <summary>Adds the enrolments of an event that stands for many contacts.</summary>
    public static async Task AddAsync(LockedAccount account, Enrolment enrolment, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO workflows.backlog
                (account_id, workflow_id, version, chunk, bits, event_id, happened_at, cause_kind, cause_id, cause_detail, cause_chain)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """;
        var (entrance, e) = enrolment;
        foreach (var chunk in e.Many.GroupBy(contactId => contactId / ChunkSize))
        {
            await using var command = Command(account.Tx, sql, account.Id, entrance.WorkflowId, entrance.Version, chunk.Key);
            command.Parameters.Add(new() { Value = Bits(chunk), NpgsqlDbType = NpgsqlDbType.Bit });
            Add(command, e.EventId, e.Time, (short)e.Cause.Kind, e.Cause.Id, e.Cause.Detail, e.Cause.WorkflowChain.ToArray());
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Whether there is anything; needs no lock.</summary>
    public static async Task<bool> AnyAsync(NpgsqlConnection connection, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT EXISTS (SELECT FROM workflows.backlog WHERE account_id = $1)";
        await using var command = Command(null, sql, accountId);
        command.Connection = connection;
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Takes the next enrolments out, up to a limit, all of the oldest entry.</summary>
    public static async Task<IReadOnlyList<Enrolment>> TakeNextAsync(
        LockedAccount account, int limit, CancellationToken ct)
    {
        const string sql = $"{Select} WHERE account_id = $1 ORDER BY entry LIMIT 1";
        var entries = await ReadAsync(account, sql, ct, account.Id);
        return await TakeAsync(account, entries, contacts => contacts.Take(limit), ct);
    }

    /// <summary>Takes the enrolments of some contacts out, oldest first, in all workflows or in some.</summary>
    public static async Task<IReadOnlyList<Enrolment>> TakeAsync(
        LockedAccount account, int[] contactIds, Guid[]? workflowIds, CancellationToken ct)
    {
        const string sql = $"""
            {Select}
            WHERE account_id = $1
                AND chunk = ANY($2)
                AND ($4::uuid[] IS NULL OR workflow_id = ANY($4))
                AND EXISTS (SELECT FROM unnest($3::int[]) AS c WHERE c / 16384 = chunk AND get_bit(bits, c % 16384) = 1)
            ORDER BY entry
            """;
        int[] chunks = [.. contactIds.Select(id => id / ChunkSize).Distinct()];
        var entries = await ReadAsync(account, sql, ct, account.Id, chunks, contactIds, (object?)workflowIds ?? DBNull.Value);
        var asked = contactIds.ToHashSet();
        return await TakeAsync(account, entries, contacts => contacts.Where(asked.Contains), ct);
    }

    /// <summary>Takes out all enrolments of a workflow, oldest first.</summary>
    public static async Task<IReadOnlyList<Enrolment>> TakeAllAsync(
        LockedAccount account, Guid workflowId, CancellationToken ct)
    {
        const string sql = $"{Select} WHERE account_id = $1 AND workflow_id = $2 ORDER BY entry";
        return await TakeAsync(account, await ReadAsync(account, sql, ct, account.Id, workflowId), contacts => contacts, ct);
    }

    private const string Select = $"""
        SELECT entry, chunk, bits, event_id, happened_at, cause_kind, cause_id, cause_detail, cause_chain, {Entrance.Columns}
        FROM workflows.backlog JOIN workflows.workflow_version USING (account_id, workflow_id, version)
        """;

    private static async Task<IReadOnlyList<Enrolment>> TakeAsync(
        LockedAccount account, IReadOnlyList<Entry> entries, Func<IEnumerable<int>, IEnumerable<int>> choose, CancellationToken ct)
    {
        const string updateSql = "UPDATE workflows.backlog SET bits = $3 WHERE account_id = $1 AND entry = $2";
        const string deleteSql = "DELETE FROM workflows.backlog WHERE account_id = $1 AND entry = $2";
        var taken = new List<Enrolment>();
        foreach (var entry in entries)
        {
            var chosen = choose(entry.Contacts()).ToList();
            taken.AddRange(chosen.Select(id => new Enrolment(entry.Enrolment.Entrance, entry.Enrolment.Event.Of(id))));
            chosen.ForEach(id => entry.Bits[id % ChunkSize] = false);
            await using var command = Command(account.Tx, entry.Bits.HasAnySet() ? updateSql : deleteSql, account.Id, entry.Number);
            if (entry.Bits.HasAnySet())
            {
                command.Parameters.Add(new() { Value = entry.Bits, NpgsqlDbType = NpgsqlDbType.Bit });
            }

            await command.ExecuteNonQueryAsync(ct);
        }

        return taken;
    }

    private static async Task<IReadOnlyList<Entry>> ReadAsync(
        LockedAccount account, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(account.Tx, sql, values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new List<Entry>();
        while (await reader.ReadAsync(ct))
        {
            var cause = new Cause { Kind = (Cause.Types.Kind)reader.GetInt16(5), Id = reader.GetString(6), Detail = reader.GetString(7) };
            cause.WorkflowChain.Add(reader.GetFieldValue<string[]>(8));
            entries.Add(new Entry(
                reader.GetInt64(0),
                reader.GetInt32(1),
                reader.GetFieldValue<BitArray>(2),
                new Enrolment(
                    Entrance.Of(reader.GetGuid(9), reader.GetInt32(10), reader.GetString(11), reader.GetString(12)),
                    new FeedEvent(reader.GetString(3), 0, reader.GetDateTime(4)) { Cause = cause })));
        }

        return entries;
    }

    private static BitArray Bits(IEnumerable<int> contactIds)
    {
        var bits = new BitArray(ChunkSize);
        foreach (var contactId in contactIds)
        {
            bits[contactId % ChunkSize] = true;
        }

        return bits;
    }

    private static NpgsqlCommand Command(NpgsqlTransaction? tx, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, tx?.Connection, tx);
        Add(command, values);
        return command;
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }
    }

    private sealed record Entry(long Number, int Chunk, BitArray Bits, Enrolment Enrolment)
    {
        public IEnumerable<int> Contacts() => Enumerable.Range(0, ChunkSize).Where(i => Bits[i]).Select(i => (Chunk * ChunkSize) + i);
    }
}
