using System.Globalization;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Naming;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>The tag library in the database: reading, creating and changing tags.</summary>
internal sealed class TagStore(AccountDatabase database, TimeProvider time)
{
    /// <summary>Finds a tag that exists, by name.</summary>
    public Task<Tag?> FindAsync(int accountId, string name, CancellationToken ct) =>
        FindAsync(accountId, "t.name COLLATE \"C\" = @name AND t.deleted_at IS NULL", new { accountId, name }, ct);

    /// <summary>Finds a tag, also a deleted one, by number.</summary>
    public Task<Tag?> FindAsync(int accountId, int tagId, CancellationToken ct) =>
        FindAsync(accountId, "t.tag_id = @tagId", new { accountId, tagId }, ct);

    /// <summary>Gets a tag by number inside a transaction.</summary>
    public static async Task<Tag> GetAsync(AccountTransaction transaction, int tagId, CancellationToken ct) =>
        (await transaction.Connection.QueryAsync<TagRow, int, Tag>(
            new CommandDefinition(
                CountedSql("t.tag_id = @tagId"), new { accountId = transaction.AccountId, tagId }, transaction.Transaction, cancellationToken: ct),
            (row, count) => row.ToProto(count),
            "contact_count")).Single();

    /// <summary>Finds which of the names exist.</summary>
    public async Task<Dictionary<string, int>> FindIdsAsync(int accountId, string[] names, CancellationToken ct)
    {
        // One by one, and in the collation of the index: without statistics the planner would read all tags of the account instead.
        const string sql = """
            SELECT n.name, t.tag_id
            FROM unnest(@names) AS n (name)
            CROSS JOIN LATERAL (
                SELECT tag_id
                FROM tags.tag
                WHERE account_id = @accountId AND name COLLATE "C" = n.name AND deleted_at IS NULL
                OFFSET 0) AS t
            """;
        if (names.Length == 0)
        {
            return [];
        }

        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<(string Name, int TagId)>(
            new CommandDefinition(sql, new { accountId, names }, cancellationToken: ct));
        return rows.ToDictionary(row => row.Name, row => row.TagId, StringComparer.Ordinal);
    }

    /// <summary>Throws NOT_FOUND unless every tag exists.</summary>
    public async Task RequireAsync(int accountId, int[] tagIds, CancellationToken ct)
    {
        const string sql = "SELECT tag_id FROM tags.tag WHERE account_id = @accountId AND tag_id = ANY (@tagIds) AND deleted_at IS NULL";
        await using var connection = await database.OpenAsync(accountId, ct);
        var found = await connection.QueryAsync<int>(new CommandDefinition(sql, new { accountId, tagIds }, cancellationToken: ct));
        if (tagIds.Except(found).Cast<int?>().FirstOrDefault() is { } unknown)
        {
            throw RpcErrors.NotFound("tag", unknown.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Takes numbers for new tags; before the transaction, which must not wait for a second connection.</summary>
    public Task<int> TakeNumbersAsync(int accountId, int count, CancellationToken ct) =>
        IdBlocks.TakeAsync(database, accountId, "tag", count, ct);

    /// <summary>Creates a tag; null if its name is taken. Waits for a concurrent creation of the same name.</summary>
    public async Task<int?> CreateAsync(AccountTransaction transaction, int tagId, Tag tag, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO tags.tag (account_id, tag_id, name, description, color, when_to_apply, examples, owner, near_key, created_at, updated_at)
            VALUES (@AccountId, @tagId, @Name, @Description, @Color, @WhenToApply, @Examples, @Owner, @nearKey, @now, @now)
            ON CONFLICT (account_id, name COLLATE "C") WHERE deleted_at IS NULL DO NOTHING
            RETURNING tag_id
            """;
        var values = new
        {
            transaction.AccountId,
            tagId,
            tag.Name,
            tag.Description,
            tag.Color,
            tag.WhenToApply,
            tag.Examples,
            tag.Owner,
            nearKey = NearDuplicates.Key(tag.Name),
            now = time.GetUtcNow(),
        };
        return await transaction.Connection.QuerySingleOrDefaultAsync<int?>(
            new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct));
    }

    /// <summary>
    /// Gets the numbers of tags by their normalized names. Missing tags are created with the numbers that begin with
    /// <paramref name="firstNumber"/>.
    /// </summary>
    public async Task<int[]> EnsureAsync(
        AccountTransaction transaction, AccountInfo account, int firstNumber, IReadOnlyList<string> names, CancellationToken ct)
    {
        var tagIds = new int[names.Count];
        await transaction.ShareLibraryAsync(ct);

        // In order of the names, so that two calls that create the same ones wait for each other instead of deadlocking.
        foreach (var (name, index) in names.Select((name, index) => (name, index)).OrderBy(entry => entry.name, StringComparer.Ordinal))
        {
            tagIds[index] = await FindIdAsync(transaction, name, ct)
                ?? await CreateAsync(transaction, firstNumber + index, new Tag { Name = name }, ct)
                ?? await FindIdAsync(transaction, name, ct)
                ?? throw RpcErrors.Create(StatusCode.Aborted, ErrorReason.Conflict, $"The tag \"{name}\" was renamed at the same time. Retry.");
        }

        // Those that exist were there before; the account may have more than it may create.
        if (tagIds.Any(tagId => tagId >= firstNumber))
        {
            transaction.LimitTags(account);
        }

        return tagIds;
    }

    /// <summary>Finds the number of a tag that exists inside a transaction.</summary>
    public static Task<int?> FindIdAsync(AccountTransaction transaction, string name, CancellationToken ct)
    {
        const string sql = "SELECT tag_id FROM tags.tag WHERE account_id = @AccountId AND name COLLATE \"C\" = @name AND deleted_at IS NULL";
        return transaction.Connection.QuerySingleOrDefaultAsync<int?>(
            new CommandDefinition(sql, new { transaction.AccountId, name }, transaction.Transaction, cancellationToken: ct));
    }

    /// <summary>Locks a tag for a change; throws NOT_FOUND if there is none.</summary>
    public static async Task<TagRow> LockAsync(AccountTransaction transaction, int tagId, CancellationToken ct)
    {
        const string sql = $"SELECT {TagRow.Columns} FROM tags.tag t WHERE t.account_id = @AccountId AND t.tag_id = @tagId FOR UPDATE";
        return await transaction.Connection.QuerySingleOrDefaultAsync<TagRow>(
                new CommandDefinition(sql, new { transaction.AccountId, tagId }, transaction.Transaction, cancellationToken: ct))
            ?? throw RpcErrors.NotFound("tag", tagId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Writes a changed row; throws ALREADY_EXISTS if its name is taken.</summary>
    public async Task SaveAsync(AccountTransaction transaction, TagRow row, CancellationToken ct)
    {
        const string sql = """
            UPDATE tags.tag
            SET name = @Name, description = @Description, color = @Color, when_to_apply = @WhenToApply, examples = @Examples, owner = @Owner,
                near_key = @nearKey, deleted_at = @DeletedAt, updated_at = @now, version = version + 1
            WHERE account_id = @AccountId AND tag_id = @TagId
            """;
        var values = new
        {
            transaction.AccountId,
            row.TagId,
            row.Name,
            row.Description,
            row.Color,
            row.WhenToApply,
            row.Examples,
            row.Owner,
            nearKey = NearDuplicates.Key(row.Name),
            row.DeletedAt,
            now = time.GetUtcNow(),
        };
        try
        {
            await transaction.Connection.ExecuteAsync(new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct));
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "tag_name" })
        {
            throw RpcErrors.AlreadyExists("tag", row.Name);
        }
    }

    private async Task<Tag?> FindAsync(int accountId, string condition, object values, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(accountId, ct);
        var tags = await connection.QueryAsync<TagRow, int, Tag>(
            new CommandDefinition(CountedSql(condition), values, cancellationToken: ct), (row, count) => row.ToProto(count), "contact_count");
        return tags.SingleOrDefault();
    }

    private static string CountedSql(string condition) => $"""
        SELECT {TagRow.Columns}, {TagListSql.ContactCount} AS contact_count
        FROM tags.tag t
        WHERE t.account_id = @accountId AND {condition}
        """;
}
