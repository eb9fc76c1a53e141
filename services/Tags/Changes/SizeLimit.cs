using Dapper;
using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>How many of something an account may have.</summary>
/// <param name="Quota">The name of the limit.</param>
/// <param name="Kind">The kind of numbers that they have; see <see cref="IdBlocks"/>.</param>
/// <param name="Most">The limit.</param>
/// <param name="CountSql">Counts them.</param>
internal sealed record SizeLimit(string Quota, string Kind, int Most, string CountSql)
{
    /// <summary>
    /// Adds the statement that asks if there can be too many. A number is never handed out twice, so there is nothing to count as long as the highest
    /// one is within the limit.
    /// </summary>
    public void AddTo(NpgsqlBatch batch, int accountId) => batch.Add(
        "SELECT EXISTS (SELECT FROM crm.id_block WHERE account_id = $1 AND kind = $2 AND next_id - 1 > $3)", accountId, Kind, Most);

    /// <summary>Counts, and throws RESOURCE_EXHAUSTED if there are too many.</summary>
    public async Task RequireAsync(AccountTransaction transaction, CancellationToken ct)
    {
        var count = await transaction.Connection.ExecuteScalarAsync<long>(
            new CommandDefinition(CountSql, new { transaction.AccountId, Most }, transaction.Transaction, cancellationToken: ct));
        if (count > Most)
        {
            throw RpcErrors.QuotaExceeded(
                Quota, Most, $"The account may have {Most} {Quota}. Delete some that are not used.", TimeSpan.FromMinutes(1));
        }
    }
}
