using Dapper;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>Separates living contacts from numbers without one.</summary>
internal static class LivingContacts
{
    /// <summary>Returns the living ones of the contacts.</summary>
    public static async Task<SortedDictionary<int, byte[]>> MaskAsync(
        AccountTransaction transaction, SortedDictionary<int, byte[]> contacts, CancellationToken ct)
    {
        const string sql = """
            SELECT t.chunk, bit_send(t.bits & ('x' || encode(p.bits, 'hex'))::bit(16384))
            FROM unnest(@chunks, @bits) AS p (chunk, bits)
            JOIN tags.tag_chunk t ON t.account_id = @AccountId AND t.tag_id = 0 AND t.chunk = p.chunk
            """;
        var values = new { transaction.AccountId, chunks = contacts.Keys.ToArray(), bits = contacts.Values.ToArray() };
        return ChunkBits.FromWire(await transaction.Connection.QueryAsync<(int, byte[])>(
            new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct)));
    }
}
