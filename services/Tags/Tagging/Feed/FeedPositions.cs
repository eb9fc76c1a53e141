using System.Globalization;
using Crm.Errors.V1;
using Dapper;
using Npgsql;

namespace TagSegments.Tags.Tagging.Feed;

/// <summary>The positions of the feed as callers hold them: sealed, bound to the account, and checked against its history.</summary>
internal sealed class FeedPositions(AccountDatabase database, SealedTokens tokens)
{
    /// <summary>The position with which a watcher starts at the current end of the feed.</summary>
    public const string Now = "now";

    private const string Purpose = "feed";

    /// <summary>Writes a cursor as text.</summary>
    public string Create(int accountId, FeedCursor cursor) => tokens.Create(
        Purpose, Binding(accountId), string.Create(CultureInfo.InvariantCulture, $"{cursor.Pos}.{cursor.Nonce:N}.{cursor.Seq}.{cursor.ContactId}"));

    /// <summary>Reads the start position of a watcher; throws INVALID_ARGUMENT if it is not a position in this account's history.</summary>
    public async Task<FeedCursor> ReadAsync(int accountId, string after, CancellationToken ct)
    {
        switch (after)
        {
            case "":
                return FeedCursor.Start;
            case Now:
                return await NowAsync(accountId, ct);
            default:
                var cursor = Parse(accountId, after);
                await CheckAsync(accountId, cursor, ct);
                return cursor;
        }
    }

    private FeedCursor Parse(int accountId, string after)
    {
        if (tokens.Read(Purpose, Binding(accountId), after)?.Split('.') is not [var pos, var nonce, var seq, var contactId])
        {
            throw Invalid("is not a position in this account's feed");
        }

        return new(
            long.Parse(pos, CultureInfo.InvariantCulture),
            Guid.ParseExact(nonce, "N"),
            int.Parse(seq, CultureInfo.InvariantCulture),
            int.Parse(contactId, CultureInfo.InvariantCulture));
    }

    private async Task<FeedCursor> NowAsync(int accountId, CancellationToken ct)
    {
        const string sql = "SELECT pos, nonce FROM crm.clock WHERE account_id = @accountId";
        await using var connection = await database.OpenAsync(accountId, ct);
        var (pos, nonce) = await connection.QuerySingleOrDefaultAsync<(long, Guid)>(
            new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return FeedCursor.After(pos, nonce);
    }

    // The database may have been restored to an older state and have reused the position since; the nonce shows it.
    private async Task CheckAsync(int accountId, FeedCursor cursor, CancellationToken ct)
    {
        const string sql = """
            SELECT clock.floor, commit.nonce
            FROM crm.clock
            LEFT JOIN crm.commit ON commit.account_id = clock.account_id AND commit.pos = @Pos
            WHERE clock.account_id = @accountId
            """;
        if (cursor.Pos == 0)
        {
            return;
        }

        await using var connection = await database.OpenAsync(accountId, ct);
        var (floor, nonce) = await connection.QuerySingleOrDefaultAsync<(long, Guid?)>(
            new CommandDefinition(sql, new { accountId, cursor.Pos }, cancellationToken: ct));
        if (cursor.Pos < floor)
        {
            throw Invalid("lies before the history that is kept: start at the beginning");
        }

        if (nonce != cursor.Nonce)
        {
            throw Invalid("is not in this account's history: the database was restored from an older state");
        }
    }

    private static byte[] Binding(int accountId) => BitConverter.GetBytes(accountId);

    private static Grpc.Core.RpcException Invalid(string problem) =>
        RpcErrors.InvalidFields(ErrorReason.PageToken, $"after: {problem}", [("after", problem)]);
}
