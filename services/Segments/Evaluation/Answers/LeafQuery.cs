using System.Data.Common;
using System.Numerics;
using Dapper;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Evaluation.Answers;

/// <summary>Asks PostgreSQL about some leaves in one statement.</summary>
internal static class LeafQuery
{
    // For more, the best plan depends on how many they are.
    private const int MostPlannedOnce = 500;

    /// <summary>Asks about everyone, or about some candidates; returns the answers, in the order of the leaves.</summary>
    public static async Task<IReadOnlyList<(Leaf Leaf, KeptAnswer Answer)>> AskAsync(
        Snapshot snapshot, FilterContext context, IEnumerable<(Leaf Leaf, KeptAnswer Answer)> open, int[]? candidates, CancellationToken ct)
    {
        var leaves = open.OrderByDescending(one => one.Leaf.IsExpression).ToList();
        using var span = Spans.Inside("segments.ask", snapshot.AccountId)
            ?.SetTag("segments.leaves", leaves.Count).SetTag("segments.candidates", candidates?.Length ?? -1);
        var editors = leaves.ConvertAll(one => new AnswerEditor(one.Leaf, one.Answer, candidates).Begin());
        var statement = FilterSql.CompileLeaves(
            leaves.ConvertAll(one => one.Leaf), candidates is null ? context : context.ForCandidates());
        if (candidates is not null)
        {
            statement.Parameters.Add("candidates", candidates);
        }

        var text = candidates is { Length: <= MostPlannedOnce } && context.Sources.ArePresent ? Snapshot.PlannedOnce(statement.Text) : statement.Text;
        await using var reader = (DbDataReader)await snapshot.Connection.ExecuteReaderAsync(
            new CommandDefinition(text, statement.Parameters, snapshot.Transaction, cancellationToken: ct));
        var bits = new byte[ChunkLayout.Bytes];
        while (await reader.ReadAsync(ct))
        {
            Read(reader, editors, bits);
        }

        return [.. leaves.Select((one, i) => (one.Leaf, editors[i].ToAnswer()))];
    }

    private static void Read(DbDataReader row, List<AnswerEditor> editors, byte[] bits)
    {
        var leaf = row.GetInt32(0);
        if (row.IsDBNull(1))
        {
            row.ReadBits(5, bits);
            editors[leaf].Add(row.GetInt32(4), bits, row.GetDateTime(3).Ticks);
            return;
        }

        var (contactId, value) = (row.GetInt32(1), row.GetInt64(2));
        if (!editors[leaf].Leaf.IsExpression)
        {
            editors[leaf].Add(contactId, row.IsDBNull(3) ? value : row.GetDateTime(3).Ticks);
            return;
        }

        for (var matches = (ulong)value; matches != 0; matches &= matches - 1)
        {
            editors[leaf + BitOperations.TrailingZeroCount(matches)].Add(contactId, 0);
        }
    }
}
