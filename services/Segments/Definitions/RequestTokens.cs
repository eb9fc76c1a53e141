using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Segments.Definitions;

/// <summary>The tokens that callers hold: of pages, and of writes that an answer must reflect.</summary>
internal sealed class RequestTokens(PageTokens pages, ConsistencyTokens consistency, AccountDatabase db)
{
    /// <summary>The tokens of pages.</summary>
    public PageTokens Pages => pages;

    /// <summary>
    /// Throws DATA_LOSS if the write that gave this token is not in the database. Every answer reflects all writes, so this happens only after a
    /// fail-over or a restore that lost the write. A position older than the logs is accepted.
    /// </summary>
    public async Task RequireAsync(int accountId, string token, CancellationToken ct)
    {
        if (token.Length == 0)
        {
            return;
        }

        var (owner, pos, nonce) = consistency.Read(token, "at_least");
        new FieldChecks().Require(owner == accountId, "at_least", "is a token of another account").ThrowIfAny();

        const string sql = """
            SELECT EXISTS (SELECT FROM crm.segment_commits WHERE account_id = @accountId AND pos = @pos AND nonce = @nonce)
                OR EXISTS (SELECT FROM campaigns.segment_activity_commits WHERE account_id = @accountId AND pos = @pos AND nonce = @nonce)
                OR EXISTS (SELECT FROM crm.segment_clock WHERE account_id = @accountId AND floor > @pos)
                OR @pos = 0
            """;
        await using var connection = await db.OpenAsync(accountId, ct);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql, new { accountId, pos, nonce }, cancellationToken: ct)))
        {
            throw RpcErrors.Create(
                StatusCode.DataLoss,
                ErrorReason.AcknowledgedWriteMissing,
                "A write that was acknowledged with this token is not in the database: it was restored from an older state.");
        }
    }
}
