using Dapper;
using Google.Protobuf;
using Npgsql;
using TagSegments.Filters.Facts;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.SmartLists;

/// <summary>Writes smart lists, inside the caller's transaction; they are read with the account's state.</summary>
internal sealed class SmartListStore(NpgsqlTransaction transaction, int accountId)
{
    /// <summary>Writes a list and its references, over a list with its id. Throws ALREADY_EXISTS if another list has the name.</summary>
    public async Task SaveAsync(SmartListDefinition list, CancellationToken ct)
    {
        const string sql = """
            INSERT INTO segments.smart_list (account_id, smart_list_id, name, description, filter, include_tag_id, exclude_tag_id, columns,
                sort_column, sort_descending, version, created_at, updated_at)
            VALUES (@accountId, @id, @Name, @Description, @filter::jsonb, NULLIF(@IncludeTagId, 0), NULLIF(@ExcludeTagId, 0), @columns,
                @SortColumn, @SortDescending, @Version, @CreatedAt, @UpdatedAt)
            ON CONFLICT (account_id, smart_list_id) DO UPDATE
            SET name = excluded.name, description = excluded.description, filter = excluded.filter, include_tag_id = excluded.include_tag_id,
                exclude_tag_id = excluded.exclude_tag_id, columns = excluded.columns, sort_column = excluded.sort_column,
                sort_descending = excluded.sort_descending, version = excluded.version, updated_at = excluded.updated_at
            """;
        var id = Guid.Parse(list.SmartListId);
        try
        {
            await ExecuteAsync(
                sql,
                new
                {
                    accountId,
                    id,
                    list.Name,
                    list.Description,
                    filter = JsonFormatter.Default.Format(list.Filter),
                    list.IncludeTagId,
                    list.ExcludeTagId,
                    columns = list.Columns.ToArray(),
                    list.SortColumn,
                    list.SortDescending,
                    list.Version,
                    list.CreatedAt,
                    list.UpdatedAt,
                },
                ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw RpcErrors.AlreadyExists("smart list", list.Name);
        }

        await new ReferenceStore(transaction, accountId).ReplaceAsync(id, References(list), ct);
    }

    /// <summary>Deletes a list.</summary>
    public async Task DeleteAsync(string smartListId, CancellationToken ct)
    {
        const string sql = """
            DELETE FROM segments.reference WHERE account_id = @accountId AND segment_id = @id;
            DELETE FROM segments.smart_list WHERE account_id = @accountId AND smart_list_id = @id;
            """;
        await ExecuteAsync(sql, new { accountId, id = Guid.Parse(smartListId) }, ct);
    }

    private static FilterReferences References(SmartListDefinition list)
    {
        var ofFilter = FilterReferences.Of(list.Filter);
        var fields = list.Columns.Append(list.SortColumn).Where(key => key is ['#', ..]).Select(key => int.Parse(key.AsSpan(1), null));
        return ofFilter with
        {
            TagIds = [.. ofFilter.TagIds.Union(list.TagIds).Order()],
            FieldIds = [.. ofFilter.FieldIds.Union(fields).Order()],
        };
    }

    private Task ExecuteAsync(string sql, object parameters, CancellationToken ct) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: ct));
}
