using System.Collections.Frozen;
using System.Text;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>
/// Erases people from the answers that are kept for repeated calls. Such an answer is emptied and its call marked as another one: it is not
/// executed again, and a caller that repeats it learns that its id was used.
/// </summary>
public sealed class KeptAnswers(AccountDatabase database, RequestLog log)
{
    private const int PageRows = 500;

    private static readonly Lazy<FrozenDictionary<string, MessageParser>> s_answers = new(ReadAnswers);

    /// <summary>Empties the answers that are about a contact or have one of its addresses; contact 0 is none.</summary>
    public async Task EraseAsync(int accountId, int contactId, IReadOnlyList<string> addresses, CancellationToken ct)
    {
        // An answer about the contact has its number, and one with an address the address: most others are told apart without being read.
        var sql = $"""
            SELECT principal, method, request_id, response
            FROM {log.Table}
            WHERE account_id = @accountId AND (principal, method, request_id) > (@Principal, @Method, @RequestId)
                AND (position(@number IN response) > 0 OR EXISTS (
                    SELECT FROM unnest(@addresses) AS a (address)
                    WHERE strpos(lower(encode(response, 'escape')), lower(encode(convert_to(address, 'UTF8'), 'escape'))) > 0
                        OR strpos(lower(request_id), lower(address)) > 0))
            ORDER BY principal, method, request_id
            LIMIT {PageRows}
            """;
        var person = new Person(contactId, addresses);
        var last = new Row("", "", "", []);
        while (true)
        {
            await using var connection = await database.OpenAsync(accountId, ct);
            var values = new { accountId, last.Principal, last.Method, last.RequestId, number = Number(contactId), addresses = addresses.ToArray() };
            var rows = (await connection.QueryAsync<Row>(new CommandDefinition(sql, values, cancellationToken: ct))).AsList();
            await EmptyAsync(connection, accountId, rows, person, ct);
            if (rows.Count < PageRows)
            {
                return;
            }

            last = rows[^1];
        }
    }

    // An id that gives the person away goes with its answer: its call could be executed again.
    private async Task EmptyAsync(NpgsqlConnection connection, int accountId, IReadOnlyList<Row> rows, Person person, CancellationToken ct)
    {
        const string which = "account_id = @accountId AND (principal, method, request_id) IN (SELECT * FROM unnest(@principals, @methods, @ids))";
        var byId = rows.ToLookup(row => person.IsIn(row.RequestId));
        foreach (var (sql, found) in new[]
        {
            ($"DELETE FROM {log.Table} WHERE {which}", byId[true]),
            ($"UPDATE {log.Table} SET payload_hash = '', response = '' WHERE {which}", byId[false].Where(person.IsInAnswer)),
        })
        {
            Row[] all = [.. found];
            if (all.Length > 0)
            {
                var values = new
                {
                    accountId,
                    principals = all.Select(row => row.Principal).ToArray(),
                    methods = all.Select(row => row.Method).ToArray(),
                    ids = all.Select(row => row.RequestId).ToArray(),
                };
                await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: ct));
            }
        }
    }

    // As protobuf writes it.
    private static byte[] Number(int contactId)
    {
        var bytes = new byte[CodedOutputStream.ComputeInt32Size(contactId)];
        using var output = new CodedOutputStream(bytes);
        output.WriteInt32(contactId);
        output.Flush();
        return bytes;
    }

    private static FrozenDictionary<string, MessageParser> ReadAnswers() => typeof(global::Crm.Common.V1.Cause).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
        .OfType<FileDescriptor>()
        .SelectMany(file => file.Services)
        .SelectMany(service => service.Methods)
        .ToFrozenDictionary(method => $"/{method.Service.FullName}/{method.Name}", method => method.OutputType.Parser);

    private sealed record Row(string Principal, string Method, string RequestId, byte[] Response);

    /// <summary>Whose answers are looked for.</summary>
    private sealed record Person(int ContactId, IReadOnlyList<string> Addresses)
    {
        public bool IsInAnswer(Row row) => s_answers.Value.TryGetValue(row.Method, out var answer)
            ? IsIn(answer.ParseFrom(row.Response))
            : IsIn(Encoding.UTF8.GetString(row.Response));

        public bool IsIn(string text) => Addresses.Any(address => text.Contains(address, StringComparison.OrdinalIgnoreCase));

        // A message that names the contact is about it if it says anything in words.
        private bool IsIn(IMessage message) => message.Descriptor.Fields.InFieldNumberOrder().Any(field => IsIn(message, field));

        private bool IsIn(IMessage message, FieldDescriptor field) => field.Accessor.GetValue(message) switch
        {
            int number => ContactId != 0 && number == ContactId && field.Name == "contact_id" && HasWords(message),
            string text => IsIn(text),
            IMessage part => IsIn(part),
            System.Collections.IDictionary map => map.Values.Cast<object>().Any(IsIn),
            System.Collections.IEnumerable many and not ByteString => many.Cast<object>().Any(IsIn),
            _ => false,
        };

        private bool IsIn(object value) => value is IMessage part ? IsIn(part) : value is string text && IsIn(text);

        private static bool HasWords(IMessage message) => message.Descriptor.Fields.InFieldNumberOrder().Any(field => field.Accessor.GetValue(message) switch
        {
            string text => text.Length > 0,
            IMessage part => HasWords(part),
            System.Collections.IDictionary map => map.Count > 0,
            System.Collections.IEnumerable many and not ByteString => many.Cast<object>().Any(one => one is string || (one is IMessage part && HasWords(part))),
            _ => false,
        });
    }
}
