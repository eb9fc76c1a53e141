using System.Data;
using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>Batches of statements with positional parameters: what Dapper does not send in one round trip.</summary>
internal static class Sql
{
    /// <summary>An empty chunk, as an SQL constant.</summary>
    public const string Zero = "repeat('0', 16384)::bit(16384)";

    /// <summary>Makes a statement whose parameters are $1, $2 ...</summary>
    public static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    /// <summary>Adds a statement whose parameters are $1, $2 ...</summary>
    public static NpgsqlBatch Add(this NpgsqlBatch batch, string sql, params object[] values)
    {
        batch.BatchCommands.Add(Command(sql, values));
        return batch;
    }

    /// <summary>Reads a bit(16384) column: Npgsql gives the bytes of the wire, a length of four bytes before the bits.</summary>
    public static byte[] ReadBits(this IDataRecord row, int ordinal)
    {
        var bits = new byte[ChunkBits.Bytes];
        row.GetBytes(ordinal, sizeof(int), bits, 0, bits.Length);
        return bits;
    }
}
