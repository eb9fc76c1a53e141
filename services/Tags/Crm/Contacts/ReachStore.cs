using System.Data.Common;
using System.Runtime.InteropServices;
using Crm.Contacts.V1;
using Dapper;
using Google.Protobuf;
using Npgsql;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Reads how contacts can be reached.</summary>
internal sealed class ReachStore(AccountDatabase database)
{
    private const int DoNotDisturb = 128;

    /// <summary>Reads the living ones of the contacts, in order of their numbers.</summary>
    public async Task<StreamReachResponse> ReadAsync(int accountId, bool sms, int[] contactIds, CancellationToken ct)
    {
        var columns = sms ? "coalesce(phone_key, phone), sms_consent" : "email, email_consent";
        // Of neighbours, all are read and the unwanted ones dropped: one walk along the index instead of a search for each. Others are searched for one by
        // one: while there are no statistics of the account, a condition on its number alone looks as good as the whole key. LIMIT 1 keeps it so.
        var isDense = contactIds[^1] - contactIds[0] < 4 * contactIds.Length;
        var contacts = isDense
            ? "crm.contact AS c WHERE account_id = @accountId AND contact_id BETWEEN @first AND @last"
            : "unnest(@contactIds) AS asked (id) CROSS JOIN LATERAL (SELECT * FROM crm.contact WHERE account_id = @accountId AND contact_id = asked.id LIMIT 1) AS c WHERE true";
        var sql = $"""
            SELECT contact_id, {columns}, do_not_disturb
            FROM {contacts} AND deleted_at IS NULL
            ORDER BY contact_id
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            sql, isDense ? new { accountId, first = contactIds[0], last = contactIds[^1] } : new { accountId, contactIds }, cancellationToken: ct));
        return await ReadAsync(reader, contactIds, ct);
    }

    /// <summary>Reads the addresses of the next contacts after <paramref name="after"/> that declined, in order of their numbers.</summary>
    public async Task<List<(int ContactId, string Address)>> ReadDeclinedAsync(int accountId, bool sms, int after, int limit, CancellationToken ct)
    {
        // The channel stands in the text, so that the planner reads one branch of the view only.
        var sql = $"""
            SELECT contact_id, address
            FROM crm.segment_declined
            WHERE account_id = @accountId AND channel = {(sms ? 2 : 1)} AND contact_id > @after
            ORDER BY contact_id
            LIMIT @limit
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return (await connection.QueryAsync<(int, string)>(
            new CommandDefinition(sql, new { accountId, after, limit }, cancellationToken: ct))).AsList();
    }

    private static async Task<StreamReachResponse> ReadAsync(DbDataReader reader, int[] contactIds, CancellationToken ct)
    {
        var response = new StreamReachResponse();
        var (found, states) = (new List<int>(contactIds.Length), new List<byte>(contactIds.Length));
        var next = 0;
        while (await reader.ReadAsync(ct))
        {
            var contactId = reader.GetInt32(0);
            while (next < contactIds.Length && contactIds[next] < contactId)
            {
                next++;
            }

            if (next < contactIds.Length && contactIds[next] == contactId)
            {
                found.Add(contactId);
                response.Addresses.Add(await reader.IsDBNullAsync(1, ct) ? "" : reader.GetString(1));
                states.Add((byte)(reader.GetInt16(2) + (reader.GetBoolean(3) ? DoNotDisturb : 0)));
            }
        }

        response.ContactIds = ByteString.CopyFrom(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(found)));
        response.States = ByteString.CopyFrom(CollectionsMarshal.AsSpan(states));
        return response;
    }
}
