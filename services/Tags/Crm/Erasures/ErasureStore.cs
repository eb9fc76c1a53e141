using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Erasures;

/// <summary>The records of erasures: which contacts, when, and how far they are.</summary>
internal sealed class ErasureStore(AccountDatabase database, WorkDatabase work, PageTokens pages, AddressHash hash)
{
    private const string Columns = "contact_id, requested_at, finished_at";

    /// <summary>Copies a request without what tells who the person is: what is kept of a call must not give anybody away.</summary>
    public EraseContactRequest Anonymous(int accountId, EraseContactRequest request)
    {
        var anonymous = request.Clone();
        switch (request.KeyCase)
        {
            case EraseContactRequest.KeyOneofCase.Email:
                anonymous.Email = Hash(Channel.Email, request.Email);
                break;
            case EraseContactRequest.KeyOneofCase.Phone:
                anonymous.Phone = Hash(Channel.Sms, request.Phone);
                break;
            case EraseContactRequest.KeyOneofCase.ExternalId:
                anonymous.ExternalId = Hash(Channel.Unspecified, request.ExternalId);
                break;
        }

        return anonymous;

        string Hash(Channel channel, string text) => Convert.ToHexStringLower(hash.Of(accountId, channel, text));
    }

    /// <summary>Finds the contact that has the external id, or else the last deleted one that had it.</summary>
    public static async Task<int[]> FindAsync(AccountTransaction transaction, string externalId, CancellationToken ct)
    {
        const string sql = """
            SELECT contact_id
            FROM crm.contact
            WHERE account_id = @accountId AND external_id = @externalId
            ORDER BY deleted_at DESC NULLS FIRST
            LIMIT 1
            """;
        return [.. await transaction.Connection.QueryAsync<int>(Command(sql, transaction, new { accountId = transaction.AccountId, externalId }, ct))];
    }

    /// <summary>Finds all contacts that have an address, also deleted ones.</summary>
    public static async Task<int[]> FindAsync(AccountTransaction transaction, PersonAddress address, CancellationToken ct)
    {
        var condition = address.Channel == Channel.Sms ? "coalesce(phone_key, crm.phone_key(phone)) = @Key" : "email_key = @Key";
        var sql = $"SELECT contact_id FROM crm.contact WHERE account_id = @accountId AND {condition} ORDER BY contact_id";
        return [.. await transaction.Connection.QueryAsync<int>(
            Command(sql, transaction, new { accountId = transaction.AccountId, address.Key }, ct))];
    }

    /// <summary>Notes erasures and returns them; one that was asked for before stays as it is.</summary>
    public static async Task<IEnumerable<Erasure>> AddAsync(
        AccountTransaction transaction, int[] contactIds, string actor, bool forgetRefusals, DateTimeOffset now, CancellationToken ct)
    {
        const string sql = $"""
            INSERT INTO crm.erasure (account_id, contact_id, requested_at, actor, forget_refusals)
            SELECT @accountId, unnest(@contactIds), @now, @actor, @forgetRefusals
            ON CONFLICT DO NOTHING;
            SELECT {Columns} FROM crm.erasure WHERE account_id = @accountId AND contact_id = ANY (@contactIds) ORDER BY contact_id
            """;
        var values = new { accountId = transaction.AccountId, contactIds, now, actor, forgetRefusals };
        return (await transaction.Connection.QueryAsync<Row>(Command(sql, transaction, values, ct))).Select(row => row.ToProto());
    }

    /// <summary>Notes that nothing is left of a contact.</summary>
    public static Task FinishAsync(AccountTransaction transaction, int contactId, CancellationToken ct)
    {
        const string sql = "UPDATE crm.erasure SET finished_at = now() WHERE account_id = @accountId AND contact_id = @contactId";
        return transaction.Connection.ExecuteAsync(Command(sql, transaction, new { accountId = transaction.AccountId, contactId }, ct));
    }

    /// <summary>
    /// Takes erasures that are due, one of each account, for a while: if they do not finish in it, they are due again. Work that had begun before an
    /// erasure was asked for has ended.
    /// </summary>
    public async Task<List<DueErasure>> TakeDueAsync(TimeSpan lease, CancellationToken ct)
    {
        const string sql = """
            WITH due AS (
                SELECT DISTINCT ON (account_id) account_id, contact_id
                FROM crm.erasure
                WHERE finished_at IS NULL AND due_at <= now() AND asked_by < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY account_id, due_at
                LIMIT 100),
            taken AS (
                UPDATE crm.erasure e SET due_at = now() + @lease
                FROM due
                WHERE e.account_id = due.account_id AND e.contact_id = due.contact_id AND e.finished_at IS NULL AND e.due_at <= now()
                RETURNING e.account_id, e.contact_id, e.actor, e.forget_refusals)
            SELECT t.account_id, a.name AS account, t.contact_id, t.actor, t.forget_refusals
            FROM taken t
            JOIN crm.account a USING (account_id)
            """;
        await using var connection = await work.OpenAsync(ct);
        return (await connection.QueryAsync<DueErasure>(new CommandDefinition(sql, new { lease }, cancellationToken: ct))).AsList();
    }

    /// <summary>Reads the requested page and the token of the next one.</summary>
    public async Task<ListErasuresResponse> ReadPageAsync(int accountId, ListErasuresRequest request, int size, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {Columns}
            FROM crm.erasure
            WHERE account_id = @accountId AND contact_id > @after AND (NOT @Unfinished OR finished_at IS NULL)
            ORDER BY contact_id
            LIMIT @limit
            """;
        var after = int.Parse(pages.Read(request) ?? "0", CultureInfo.InvariantCulture);
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            sql, new { accountId, after, request.Unfinished, limit = size + 1 }, cancellationToken: ct))).AsList();
        return new ListErasuresResponse
        {
            Erasures = { rows.Take(size).Select(row => row.ToProto()) },
            NextPageToken = rows.Count > size ? pages.Create(request, rows[size - 1].ContactId.ToString(CultureInfo.InvariantCulture)) : "",
        };
    }

    private static CommandDefinition Command(string sql, AccountTransaction transaction, object values, CancellationToken ct) =>
        new(sql, values, transaction.Transaction, cancellationToken: ct);

    private sealed record Row(int ContactId, DateTime RequestedAt, DateTime? FinishedAt)
    {
        public Erasure ToProto() => new()
        {
            ContactId = ContactId,
            RequestTime = Timestamp.FromDateTime(RequestedAt),
            FinishTime = FinishedAt is { } at ? Timestamp.FromDateTime(at) : null,
        };
    }
}

/// <summary>An erasure whose next step is due.</summary>
internal sealed record DueErasure(int AccountId, string Account, int ContactId, string Actor, bool ForgetRefusals);
