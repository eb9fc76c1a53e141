using System.Globalization;
using Dapper;
using Npgsql;

namespace TagSegments.Segments.Tests.Data;

/// <summary>
/// An account written straight into the tables by the rules of the data model: data, change log and clock in one transaction. So the tests of
/// the index need no other service and do not trust it: a clock that the tag service forgot to move would hide a stale index.
/// </summary>
internal sealed partial class DirectAccount
{
    private static readonly string[] s_tables =
    [
        "tags.tag_chunk", "tags.tag_change", "crm.clock", "crm.commit", "crm.contact",
        "campaigns.activity", "campaigns.contact_activity", "campaigns.activity_clock", "campaigns.activity_commit",
    ];

    private static readonly Dictionary<int, string> s_rollUp =
        new() { [1] = "last_sent_at", [3] = "last_opened_at", [4] = "last_clicked_at", [5] = "last_bounced_at" };

    private static int s_accounts;
    private readonly NpgsqlDataSource _db;

    private DirectAccount(NpgsqlDataSource db, int id, string name) => (_db, Id, Name) = (db, id, name);

    public int Id { get; }

    public string Name { get; }

    public static async Task<DirectAccount> CreateAsync(NpgsqlDataSource db, string timeZone = "UTC")
    {
        var name = $"direct-{Interlocked.Increment(ref s_accounts).ToString(CultureInfo.InvariantCulture)}";
        await using var connection = await db.OpenConnectionAsync();
        var id = await connection.ExecuteScalarAsync<int>(
            "INSERT INTO crm.account (name, time_zone) VALUES (@name, @timeZone) RETURNING account_id", new { name, timeZone });
        return new DirectAccount(db, id, name);
    }

    public async Task<int> CreateTagAsync(string name)
    {
        await using var connection = await _db.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>(
            """
            INSERT INTO tags.tag (account_id, tag_id, name)
            SELECT @Id, coalesce(max(tag_id), 0) + 1, @name FROM tags.tag WHERE account_id = @Id
            RETURNING tag_id
            """,
            new { Id, name });
    }

    public async Task DeleteTagAsync(int tagId, bool delete = true)
    {
        await using var connection = await _db.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "UPDATE tags.tag SET deleted_at = CASE WHEN @delete THEN now() END WHERE account_id = @Id AND tag_id = @tagId",
            new { Id, tagId, delete });
    }

    /// <summary>Creates a custom field of contacts; <paramref name="type"/> is that of the proto.</summary>
    public async Task<int> CreateFieldAsync(string key, Crm.Contacts.V1.Field.Types.Type type)
    {
        await using var connection = await _db.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<int>(
            """
            INSERT INTO crm.field (account_id, field_id, target, key, type)
            SELECT @Id, coalesce(max(field_id), 0) + 1, 1, @key, @type FROM crm.field WHERE account_id = @Id
            RETURNING field_id
            """,
            new { Id, key, type = (int)type });
    }

    public async Task CreateContactsAsync(params int[] contactIds)
    {
        await using (var connection = await _db.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                "INSERT INTO crm.contact (account_id, contact_id) SELECT @Id, unnest(@contactIds)", new { Id, contactIds });
        }

        await ChangeAsync(new TagWrite(0, true, contactIds));
    }

    /// <summary>Sets columns of a contact; the SQL is the test's own.</summary>
    public async Task SetAsync(int contactId, string assignments)
    {
        await using var connection = await _db.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            $"UPDATE crm.contact SET {assignments} WHERE account_id = @Id AND contact_id = @contactId", new { Id, contactId });
        await MoveClockAsync(connection, []);
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.contact_change (account_id, pos, seq, contact_id, kind, before, cause_kind)
            SELECT account_id, pos, 0, @contactId, 2, '{}', 1 FROM crm.clock WHERE account_id = @Id
            """,
            new { Id, contactId });
        await transaction.CommitAsync();
    }

    public async Task DeleteContactAsync(int contactId, bool delete = true)
    {
        await using var connection = await _db.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "UPDATE crm.contact SET deleted_at = CASE WHEN @delete THEN now() END WHERE account_id = @Id AND contact_id = @contactId",
            new { Id, contactId, delete });
        await ChangeAsync(connection, [new TagWrite(0, !delete, [contactId])]);
    }

    public Task TagAsync(int tagId, params int[] contactIds) => ChangeAsync(new TagWrite(tagId, true, contactIds));

    public Task UntagAsync(int tagId, params int[] contactIds) => ChangeAsync(new TagWrite(tagId, false, contactIds));

    /// <summary>Makes some changes in one transaction.</summary>
    public async Task ChangeAsync(params TagWrite[] writes)
    {
        await using var connection = await _db.OpenConnectionAsync();
        await ChangeAsync(connection, writes);
    }

    /// <summary>Records activity by e-mail in one transaction: the events, the roll-up, the log and the clock.</summary>
    public async Task RecordAsync(params (int ContactId, int Kind, DateTimeOffset At)[] events)
    {
        await using var connection = await _db.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var (contactId, kind, at) in events)
        {
            var column = s_rollUp[kind];
            await connection.ExecuteAsync(
                $"""
                INSERT INTO campaigns.activity (account_id, contact_id, at, kind, channel, pos) VALUES (@Id, @contactId, @at, @kind, 1, 1);
                INSERT INTO campaigns.contact_activity AS c (account_id, contact_id, {column}) VALUES (@Id, @contactId, @at)
                ON CONFLICT (account_id, contact_id) DO UPDATE SET {column} = GREATEST(c.{column}, excluded.{column})
                """,
                new { Id, contactId, kind, at });
        }

        await connection.ExecuteAsync(
            """
            WITH moved AS (
                INSERT INTO campaigns.activity_clock AS c (account_id, pos, nonce, max_at) VALUES (@Id, 1, gen_random_uuid(), @latest)
                ON CONFLICT (account_id) DO UPDATE
                SET pos = c.pos + 1, nonce = excluded.nonce, max_at = GREATEST(c.max_at, excluded.max_at)
                RETURNING pos, nonce)
            INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids) SELECT @Id, pos, nonce, @contacts FROM moved
            """,
            new { Id, latest = events.Max(e => e.At), contacts = events.Select(e => e.ContactId).ToArray() });
        await transaction.CommitAsync();
    }

    /// <summary>Gets the position of the clock.</summary>
    public async Task<(long Pos, Guid Nonce)> PositionAsync()
    {
        await using var connection = await _db.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(long, Guid)>("SELECT pos, nonce FROM crm.clock WHERE account_id = @Id", new { Id });
    }

    /// <summary>Forgets the change log up to now, as retention does.</summary>
    public async Task PruneAsync()
    {
        await using var connection = await _db.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            WITH floor AS (UPDATE crm.clock SET floor = pos WHERE account_id = @Id RETURNING pos)
            DELETE FROM tags.tag_change WHERE account_id = @Id AND pos <= (SELECT pos FROM floor);

            WITH floor AS (UPDATE campaigns.activity_clock SET floor = pos WHERE account_id = @Id RETURNING pos)
            DELETE FROM campaigns.activity_commit WHERE account_id = @Id AND pos < (SELECT pos FROM floor)
            """,
            new { Id });
    }

    /// <summary>Copies the account's tags, change log and clock aside.</summary>
    public Task BackUpAsync() => ExecuteAsync(string.Concat(s_tables.Select(table => string.Create(
        CultureInfo.InvariantCulture, $"DROP TABLE IF EXISTS public.{Copy(table)}; CREATE TABLE public.{Copy(table)} AS SELECT * FROM {table} WHERE account_id = {Id};"))));

    /// <summary>Puts the copy back, as a restored backup or a standby that missed the last transactions would.</summary>
    public Task RestoreAsync() => ExecuteAsync(string.Concat(s_tables.Select(table => string.Create(
        CultureInfo.InvariantCulture, $"DELETE FROM {table} WHERE account_id = @Id; INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM public.{Copy(table)};"))));

    /// <summary>Runs SQL of the test about this account, <c>@Id</c>.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await _db.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { Id });
    }

    private string Copy(string table) => string.Create(CultureInfo.InvariantCulture, $"copy_{Id}_{table.Replace('.', '_')}");
}

/// <summary>Adds a tag to contacts or removes it; tag 0 makes them living.</summary>
internal sealed record TagWrite(int TagId, bool Add, int[] ContactIds);
