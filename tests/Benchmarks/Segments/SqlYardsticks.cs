using Dapper;
using DuckDB.NET.Data;
using Npgsql;

namespace TagSegments.Benchmarks.Segments;

/// <summary>The costs of the same questions elsewhere: SQL in PostgreSQL, and DuckDB in this process with the same rows.</summary>
internal sealed class SqlYardsticks(NpgsqlDataSource db, SegmentsData data) : IAsyncDisposable
{
    private readonly DuckDBConnection _duck = new("DataSource=:memory:");

    /// <summary>Asks PostgreSQL.</summary>
    public async Task<long> PostgresAsync(string sql)
    {
        await using var connection = await db.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, new { data.AccountId }, commandTimeout: 0));
    }

    /// <summary>Asks DuckDB, in its dialect.</summary>
    public async Task<long> DuckAsync(string sql)
    {
        await using var command = _duck.CreateCommand();
        command.CommandText = sql
            .Replace("@AccountId", FormattableString.Invariant($"{data.AccountId}"))
            .Replace("now()", FormattableString.Invariant($"TIMESTAMP '{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss.ffffff}'"))
            .Replace("c.fields ->> '1'", "c.country");
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Copies the rows that the questions read into DuckDB.</summary>
    public async Task LoadDuckAsync()
    {
        await _duck.OpenAsync();
        await RunAsync("""
            CREATE SCHEMA bench; CREATE SCHEMA crm; CREATE SCHEMA campaigns;
            CREATE TABLE bench.contact_tag (account_id INT, tag_id INT, contact_id INT);
            CREATE TABLE crm.contact (account_id INT, contact_id INT, country VARCHAR, deleted_at TIMESTAMP);
            CREATE TABLE crm.opportunity (account_id INT, contact_id INT, stage_id INT);
            CREATE TABLE campaigns.contact_activity (account_id INT, contact_id INT, last_opened_at TIMESTAMP);
            """);
        await CopyAsync("bench", "contact_tag", "SELECT account_id, tag_id, contact_id FROM bench.contact_tag ORDER BY tag_id, contact_id");
        await CopyAsync("crm", "contact", "SELECT account_id, contact_id, fields ->> '1', deleted_at FROM crm.contact WHERE account_id = $1");
        await CopyAsync("crm", "opportunity", "SELECT account_id, contact_id, stage_id FROM crm.opportunity WHERE account_id = $1");
        await CopyAsync("campaigns", "contact_activity", "SELECT account_id, contact_id, last_opened_at FROM campaigns.contact_activity WHERE account_id = $1");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _duck.DisposeAsync();

    private async Task RunAsync(string sql)
    {
        await using var command = _duck.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private async Task CopyAsync(string schema, string table, string sql)
    {
        await using var connection = await db.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        if (sql.Contains("$1", StringComparison.Ordinal))
        {
            command.Parameters.Add(new() { Value = data.AccountId });
        }

        await using var reader = await command.ExecuteReaderAsync();
        using var appender = _duck.CreateAppender(schema, table);
        while (reader.Read())
        {
            var row = appender.CreateRow();
            for (var i = 0; i < reader.FieldCount; i++)
            {
                Append(row, reader, i);
            }

            row.EndRow();
        }
    }

    private static void Append(IDuckDBAppenderRow row, NpgsqlDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
        {
            row.AppendNullValue();
        }
        else if (reader.GetFieldType(column) == typeof(int))
        {
            row.AppendValue(reader.GetInt32(column));
        }
        else if (reader.GetFieldType(column) == typeof(DateTime))
        {
            row.AppendValue(reader.GetDateTime(column));
        }
        else
        {
            row.AppendValue(reader.GetString(column));
        }
    }
}
