using Crm.Contacts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Fields;

/// <summary>The definitions of custom fields in the database.</summary>
internal sealed class FieldStore(AccountDatabase database)
{
    private const string Columns = "field_id, target, key, type, choices, description";

    /// <summary>Loads the fields of contacts or opportunities.</summary>
    public async Task<FieldCatalog> LoadAsync(int accountId, Field.Types.Target target, CancellationToken ct)
    {
        var fields = await ListAsync(accountId, ct);
        return new FieldCatalog([.. fields.Where(field => field.Target == target)]);
    }

    /// <summary>Lists all fields, contacts' first, by key.</summary>
    public async Task<IReadOnlyList<Field>> ListAsync(int accountId, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM crm.field
            WHERE account_id = @accountId AND deleted_at IS NULL
            ORDER BY target, key COLLATE "C"
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return [.. rows.Select(row => row.ToProto())];
    }

    /// <summary>Creates a field; null if the target has one with this key.</summary>
    public static async Task<Field?> CreateAsync(NpgsqlTransaction transaction, int accountId, int fieldId, Field field, CancellationToken ct)
    {
        const string sql = $"""
            INSERT INTO crm.field (account_id, field_id, target, key, type, choices, description)
            VALUES (@accountId, @fieldId, @target, @Key, @type, @choices, @Description)
            ON CONFLICT (account_id, target, key) WHERE deleted_at IS NULL DO NOTHING
            RETURNING {Columns}
            """;
        var values = new
        {
            accountId,
            fieldId,
            target = (short)field.Target,
            field.Key,
            type = (short)field.Type,
            choices = field.Choices.ToArray(),
            field.Description,
        };
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, values, transaction, cancellationToken: ct));
        return row?.ToProto();
    }

    /// <summary>Locks a field for a change; null if there is none.</summary>
    public static async Task<Field?> LockAsync(AccountTransaction transaction, int fieldId, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM crm.field
            WHERE account_id = @AccountId AND field_id = @fieldId AND deleted_at IS NULL
            FOR UPDATE
            """;
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { transaction.AccountId, fieldId }, transaction.Transaction, cancellationToken: ct));
        return row?.ToProto();
    }

    /// <summary>
    /// Keeps fields as they are until the transaction ends, for values that were read before it began. Throws ABORTED if one has changed its type or
    /// lost a choice since: the values would not fit.
    /// </summary>
    public static async Task HoldAsync(AccountTransaction transaction, IReadOnlyCollection<Field> fields, CancellationToken ct)
    {
        // Against a change of the definition, which locks it for update before it looks for values.
        const string sql = $"""
            SELECT {Columns}
            FROM crm.field
            WHERE account_id = @AccountId AND field_id = ANY (@ids)
            ORDER BY field_id
            FOR KEY SHARE
            """;
        if (fields.Count == 0)
        {
            return;
        }

        var rows = await transaction.Connection.QueryAsync<Row>(new CommandDefinition(
            sql,
            new { transaction.AccountId, ids = fields.Select(field => field.FieldId).ToArray() },
            transaction.Transaction,
            cancellationToken: ct));
        var now = rows.Select(row => row.ToProto()).ToDictionary(field => field.FieldId);
        if (fields.FirstOrDefault(field => !Fits(field, now[field.FieldId])) is { } changed)
        {
            throw RpcErrors.Create(
                StatusCode.Aborted, ErrorReason.Conflict, $"The field \"{changed.Key}\" was changed while its value was written. Repeat the call.");
        }
    }

    /// <summary>Changes a field; false if its key is taken.</summary>
    public static async Task<bool> SaveAsync(AccountTransaction transaction, Field field, CancellationToken ct)
    {
        const string sql = """
            UPDATE crm.field f
            SET key = @Key, type = @type, choices = @choices, description = @Description
            WHERE account_id = @AccountId AND field_id = @FieldId AND NOT EXISTS (
                SELECT FROM crm.field o
                WHERE o.account_id = @AccountId AND o.target = f.target AND o.key = @Key AND o.deleted_at IS NULL AND o.field_id <> @FieldId)
            """;
        var values = new
        {
            transaction.AccountId,
            field.FieldId,
            field.Key,
            type = (short)field.Type,
            choices = field.Choices.ToArray(),
            field.Description,
        };
        return await transaction.Connection.ExecuteAsync(
            new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct)) == 1;
    }

    /// <summary>Deletes a field, whose values stay where they are; null if there is none.</summary>
    public static async Task<Field?> DeleteAsync(AccountTransaction transaction, int fieldId, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE crm.field
            SET deleted_at = coalesce(deleted_at, now())
            WHERE account_id = @AccountId AND field_id = @fieldId
            RETURNING {Columns}
            """;
        var row = await transaction.Connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(sql, new { transaction.AccountId, fieldId }, transaction.Transaction, cancellationToken: ct));
        return row?.ToProto();
    }

    /// <summary>Adds choices to a field and keeps the existing ones.</summary>
    public static async Task<Field> AddChoicesAsync(
        NpgsqlTransaction transaction, int accountId, int fieldId, string[] choices, CancellationToken ct)
    {
        const string sql = $"""
            UPDATE crm.field f
            SET choices = f.choices || ARRAY (SELECT c FROM unnest(@choices) AS c WHERE c <> ALL (f.choices))
            WHERE account_id = @accountId AND field_id = @fieldId
            RETURNING {Columns}
            """;
        var row = await transaction.Connection!.QuerySingleAsync<Row>(
            new CommandDefinition(sql, new { accountId, fieldId, choices }, transaction, cancellationToken: ct));
        return row.ToProto();
    }

    /// <summary>Counts the account's fields, for the limit.</summary>
    public static Task<int> CountAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT count(*)::int FROM crm.field WHERE account_id = @accountId AND deleted_at IS NULL";
        return transaction.Connection!.QuerySingleAsync<int>(new CommandDefinition(sql, new { accountId }, transaction, cancellationToken: ct));
    }

    private static bool Fits(Field then, Field now) => then.Type == now.Type && then.Choices.All(now.Choices.Contains);

    // Npgsql describes arrays to Dapper as System.Array.
    private sealed record Row(int FieldId, short Target, string Key, short Type, Array Choices, string Description)
    {
        public Field ToProto() => new()
        {
            FieldId = FieldId,
            Target = (Field.Types.Target)Target,
            Key = Key,
            Type = (Field.Types.Type)Type,
            Choices = { (string[])Choices },
            Description = Description,
        };
    }
}
