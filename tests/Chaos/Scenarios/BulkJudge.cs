using System.Collections;
using System.Numerics;
using Crm.Common.V1;
using Crm.Tags.V1;
using Dapper;
using Npgsql;
using TagSegments.Bitmaps;
using TagSegments.Tags.Changes;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Replays the log from its beginning and compares it with what the operations had to do, with what they report, and with the stored bits. For
/// contacts that nobody else changes, the task of an operation follows from the operations before it; for the others the log itself must make
/// sense.
/// </summary>
internal sealed class BulkJudge(string connectionString, BulkLoad load)
{
    private readonly Dictionary<int, State> _logged = load.TagIds.ToDictionary(tagId => tagId, _ => new State(load.Contacts));
    private readonly Dictionary<int, State> _expected = load.TagIds.ToDictionary(tagId => tagId, _ => new State(load.Contacts));
    private readonly Dictionary<(string Key, int TagId), BitArray> _changed = [];
    private readonly Dictionary<string, List<string>> _found = new()
    {
        ["skipped"] = [],
        ["repeated"] = [],
        ["undone_wrongly"] = [],
        ["bits_unlike_events"] = [],
        ["reports_wrong"] = [],
    };

    private long _events;

    /// <summary>Fills the report.</summary>
    public async Task JudgeAsync(ChaosReport report)
    {
        var plans = load.Plans;
        await using var connection = new NpgsqlConnection(connectionString);
        await ReplayAsync(connection, plans.ToDictionary(plan => plan.Key));
        foreach (var plan in plans)
        {
            CheckReport(plan);
            CheckChanges(plan);
        }

        CheckUndos(plans);
        await CheckBitsAsync(connection);
        report.Tell("operations", plans.Count(plan => plan.Original is null));
        report.Tell("undos", plans.Count(plan => plan.Original is not null));
        report.Tell("events", _events);
        foreach (var (name, examples) in _found)
        {
            report.MustBeZero(name, examples.Count, examples);
        }
    }

    private async Task ReplayAsync(NpgsqlConnection connection, Dictionary<string, BulkPlan> plans)
    {
        const string sql = """
            SELECT pos, tag_id, op = 1 AS is_on, contact_id, chunk, bit_send(bits) AS bits, cause_kind, cause_id
            FROM tags.tag_change
            WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @account) AND tag_id > 0
            ORDER BY pos, seq
            """;
        await foreach (var row in connection.QueryUnbufferedAsync<(long Pos, int TagId, bool On, int? Contact, int Chunk, byte[]? Bits, short Kind, string? Id)>(sql, new { account = BulkLoad.Account }))
        {
            var key = (Cause.Types.Kind)row.Kind switch
            {
                Cause.Types.Kind.Bulk => row.Id,
                Cause.Types.Kind.Undo => $"undo of {row.Id}",
                _ => null,
            };
            var plan = key is null ? null : plans.GetValueOrDefault(key);
            foreach (var contact in row.Contact is { } one ? [one] : ChunkBits.Contacts(row.Chunk, row.Bits.AsSpan(sizeof(int))))
            {
                Play($"contact {contact}, tag {row.TagId}, position {row.Pos}", row.TagId, row.On, contact, plan);
            }
        }
    }

    private void Play(string where, int tagId, bool on, int contact, BulkPlan? plan)
    {
        _events++;
        var state = _logged[tagId];
        if (state.Has[contact] == on)
        {
            _found["repeated"].Add($"{where}: was so before");
        }

        if (plan is not null && !Changed(plan, tagId).TrySet(contact))
        {
            _found["repeated"].Add($"{where}: twice by operation {plan.Number}");
        }

        if (plan?.Original is { } original && state.LastBy[contact] != original.Number)
        {
            _found["undone_wrongly"].Add($"{where}: operation {original.Number} was not the last to change it");
        }

        (state.Has[contact], state.LastBy[contact]) = (on, plan?.Number ?? State.Other);
    }

    private void CheckReport(BulkPlan plan)
    {
        var result = plan.Result;
        if (result.State != BulkOperation.Types.State.Succeeded || result.DoneContacts != result.TotalContacts)
        {
            _found["reports_wrong"].Add($"operation {plan.Number}: {result.State} {result.Error}, {result.DoneContacts} of {result.TotalContacts} done");
        }

        foreach (var count in result.Changes.Where(count => count.Changed != Changed(plan, count.TagId).Count()))
        {
            _found["reports_wrong"].Add($"operation {plan.Number}, tag {count.TagId}: says {count.Changed} changed, the log {Changed(plan, count.TagId).Count()}");
        }
    }

    private void CheckChanges(BulkPlan plan)
    {
        foreach (var (tagId, on) in plan.Tags)
        {
            var (state, changed) = (_expected[tagId], Changed(plan, tagId));
            foreach (var contact in Enumerable.Range(1, load.Contacts).Where(contact => contact % BulkLoad.WriterStride != 0))
            {
                var due = plan.Original is { } original
                    ? state.LastBy[contact] == original.Number
                    : plan.Asked[contact] && state.Has[contact] != on;
                if (due != changed[contact])
                {
                    _found[due ? "skipped" : "repeated"].Add($"operation {plan.Number}, tag {tagId}, contact {contact}");
                }

                if (due)
                {
                    (state.Has[contact], state.LastBy[contact]) = (on, plan.Number);
                }
            }
        }
    }

    // An undo has left out what the undone operation was the last to change at the very end.
    private void CheckUndos(IReadOnlyList<BulkPlan> plans)
    {
        foreach (var undo in plans.Where(plan => plan.Original is not null))
        {
            foreach (var (tagId, _) in undo.Tags)
            {
                _found["skipped"].AddRange(Enumerable.Range(1, load.Contacts)
                    .Where(contact => _logged[tagId].LastBy[contact] == undo.Original!.Number)
                    .Select(contact => $"undo {undo.Number}, tag {tagId}, contact {contact}"));
            }
        }
    }

    private async Task CheckBitsAsync(NpgsqlConnection connection)
    {
        var rows = await connection.QueryAsync<(int TagId, int Chunk, byte[] Bits)>(
            """
            SELECT tag_id, chunk, bit_send(bits)
            FROM tags.tag_chunk
            WHERE account_id = (SELECT account_id FROM crm.account WHERE name = @account) AND tag_id > 0
            """,
            new { account = BulkLoad.Account });
        var holders = rows.ToLookup(row => row.TagId, row => ChunkBits.Contacts(row.Chunk, row.Bits.AsSpan(sizeof(int))));
        foreach (var tagId in load.TagIds)
        {
            var has = new BitArray(load.Contacts + 1);
            foreach (var contact in holders[tagId].SelectMany(contacts => contacts))
            {
                has[contact] = true;
            }

            _found["bits_unlike_events"].AddRange(Enumerable.Range(1, load.Contacts)
                .Where(contact => has[contact] != _logged[tagId].Has[contact])
                .Select(contact => $"tag {tagId}, contact {contact}"));
        }
    }

    private BitArray Changed(BulkPlan plan, int tagId)
    {
        if (!_changed.TryGetValue((plan.Key, tagId), out var changed))
        {
            _changed.Add((plan.Key, tagId), changed = new BitArray(load.Contacts + 1));
        }

        return changed;
    }

    /// <summary>The holders of a tag, and the number of the operation that changed each last.</summary>
    private sealed class State(int contacts)
    {
        public const int Other = -1;

        public BitArray Has { get; } = new(contacts + 1);

        public int[] LastBy { get; } = [.. Enumerable.Repeat(Other, contacts + 1)];
    }
}

/// <summary>Operations that bit arrays lack.</summary>
internal static class BitArrayExtensions
{
    /// <summary>Sets a bit; false if it was set.</summary>
    public static bool TrySet(this BitArray bits, int index)
    {
        var isNew = !bits[index];
        bits[index] = true;
        return isNew;
    }

    /// <summary>Counts the bits set.</summary>
    public static int Count(this BitArray bits)
    {
        var words = new int[(bits.Length + 31) / 32];
        bits.CopyTo(words, 0);
        return words.Sum(word => BitOperations.PopCount((uint)word));
    }
}
