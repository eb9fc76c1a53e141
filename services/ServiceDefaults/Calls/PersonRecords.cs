using System.Globalization;
using Dapper;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Reads all records that a service has about some contacts, kind by kind, in pages.</summary>
/// <param name="kinds">
/// The kinds. The SQL of each selects one column of JSON in a fixed order. Its parameters are @accountId, @contactIds, and the addresses in the
/// form in which they are compared, @emails and @phones.
/// </param>
public sealed class PersonRecords(AccountDatabase database, IReadOnlyList<PersonRecordKind> kinds)
{
    /// <summary>The most records of a page.</summary>
    public const int PageRecords = 200;

    /// <summary>Reads the page at a position, from the first one if it is null; the last page has no next position.</summary>
    public async Task<PersonRecordPage> ReadAsync(int accountId, PersonKeys person, string? position, CancellationToken ct)
    {
        var numbers = position?.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray() ?? [0, 0];
        var (kind, offset) = (numbers[0], numbers[1]);
        var sql = $"SELECT record::text FROM ({kinds[kind].Sql}) AS records (record) OFFSET @offset LIMIT @limit";
        var values = new { accountId, person.ContactIds, person.Emails, person.Phones, offset, limit = PageRecords + 1 };
        await using var connection = await database.OpenAsync(accountId, ct);
        var records = (await connection.QueryAsync<string>(new CommandDefinition(sql, values, cancellationToken: ct))).AsList();
        var next = records.Count > PageRecords ? string.Create(CultureInfo.InvariantCulture, $"{kind} {offset + PageRecords}")
            : kind + 1 < kinds.Count ? string.Create(CultureInfo.InvariantCulture, $"{kind + 1} 0")
            : null;
        return new PersonRecordPage(kinds[kind].Name, [.. records.Take(PageRecords)], next);
    }
}

/// <summary>A kind of records about people, and the SQL that reads them.</summary>
public sealed record PersonRecordKind(string Name, string Sql);

/// <summary>The numbers and the addresses by which a person is known.</summary>
public sealed record PersonKeys(int[] ContactIds, string[] Emails, string[] Phones)
{
    private const int MostKeys = 1_000;

    /// <summary>Checks the keys of a request.</summary>
    public void Check() => new FieldChecks()
        .Require(ContactIds.Length is >= 1 and <= MostKeys, "contact_ids", $"must be 1 to {MostKeys}")
        .Require(Emails.Length <= MostKeys, "emails", $"has more than {MostKeys} entries")
        .Require(Phones.Length <= MostKeys, "phones", $"has more than {MostKeys} entries")
        .ThrowIfAny();
}

/// <summary>Records of one kind, as JSON.</summary>
public sealed record PersonRecordPage(string Kind, IReadOnlyList<string> Records, string? Next);
