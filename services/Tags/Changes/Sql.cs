using System.Data;

namespace TagSegments.Tags.Changes;

/// <summary>Parts of statements, and of their answers, that many share.</summary>
internal static class Sql
{
    /// <summary>An empty chunk, as an SQL constant.</summary>
    public const string Zero = "repeat('0', 16384)::bit(16384)";

    /// <summary>
    /// Two parts of a WITH: if there is a row in <c>changed</c> the clock of the account $1 moves and the commit is noted. The new position, its
    /// nonce and its instant are in <c>clock</c>, which is empty otherwise. The lock on the row makes the order of positions that of commits.
    /// </summary>
    public const string MoveClock = """
        clock AS (
            UPDATE crm.clock
            SET pos = pos + 1, nonce = gen_random_uuid()
            WHERE account_id = $1 AND EXISTS (SELECT FROM changed)
            RETURNING pos, nonce, clock_timestamp() AS at),
        noted AS (
            INSERT INTO crm.commit (account_id, pos, nonce, committed_at)
            SELECT $1, pos, nonce, at
            FROM clock)
        """;

    /// <summary>Reads a bit(16384) column: Npgsql gives the bytes of the wire, a length of four bytes before the bits.</summary>
    public static byte[] ReadBits(this IDataRecord row, int ordinal)
    {
        var bits = new byte[ChunkBits.Bytes];
        row.GetBytes(ordinal, sizeof(int), bits, 0, bits.Length);
        return bits;
    }
}
