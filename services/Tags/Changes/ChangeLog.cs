using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>The changes that a transaction has made so far; written with its clock position when it is stamped.</summary>
internal sealed class ChangeLog
{
    private readonly List<ChangeCause> _causes = [];
    private readonly Dictionary<ChangeCause, int> _causeNumbers = new(ReferenceEqualityComparer.Instance);
    private readonly List<TagRow> _tags = [];
    private readonly List<ContactRow> _contacts = [];
    private readonly List<OpportunityRow> _opportunities = [];
    private int _seq;

    /// <summary>True if nothing has changed yet.</summary>
    public bool IsEmpty => _seq == 0;

    /// <summary>Notes that one contact got or lost a tag.</summary>
    public void AddTag(int tagId, bool on, int contactId, ChangeCause cause) =>
        _tags.Add(new(_seq++, tagId, on, contactId, contactId / ChunkLayout.Bits, null, CauseNumber(cause)));

    /// <summary>Notes that contacts of one chunk got or lost a tag.</summary>
    public void AddTag(int tagId, bool on, int chunk, byte[] changed, ChangeCause cause) =>
        _tags.Add(new(_seq++, tagId, on, null, chunk, changed, CauseNumber(cause)));

    /// <summary>Notes that something happened to a contact.</summary>
    public void AddContact(int contactId, ContactChangeKind kind, string? beforeJson, ChangeCause cause) =>
        _contacts.Add(new(_seq++, contactId, (short)kind, beforeJson, CauseNumber(cause)));

    /// <summary>Notes that an opportunity changed, with the values before; without them, that it was created.</summary>
    public void AddOpportunity(int opportunityId, string? beforeJson) => _opportunities.Add(new(_seq++, opportunityId, beforeJson));

    /// <summary>
    /// Adds the statement that moves the account's clock and writes the changes at the new position: the clock first, as every other part
    /// reads from it, so the row's lock makes the order of positions the order of commits. Returns pos and nonce.
    /// </summary>
    public void AddTo(NpgsqlBatch batch, int accountId)
    {
        // Hardly any transaction changes opportunities: the others do not pay for it.
        const string opportunitySql = """
            , opportunity AS (
                INSERT INTO crm.opportunity_change (account_id, opportunity_id, pos, seq, before)
                SELECT $1, o.opportunity_id, clock.pos, o.seq, o.before::jsonb
                FROM clock
                CROSS JOIN unnest($20::int[], $21::int[], $22::text[]) AS o (seq, opportunity_id, before))
            """;
        var sql = $"""
            WITH clock AS (
                INSERT INTO crm.clock (account_id, pos, nonce)
                VALUES ($1, 1, gen_random_uuid())
                ON CONFLICT (account_id) DO UPDATE SET pos = clock.pos + 1, nonce = gen_random_uuid()
                RETURNING pos, nonce, clock_timestamp() AS at),
            {Sql.Causes},
            tag AS (
                INSERT INTO tags.tag_change (account_id, pos, seq, tag_id, op, contact_id, chunk, bits,
                    {Sql.CauseColumns})
                SELECT $1, clock.pos, t.seq, t.tag_id, t.op, t.contact_id, t.chunk, ('x' || encode(t.bits, 'hex'))::bit(16384),
                    {Sql.CauseOfRow}, clock.at
                FROM clock
                CROSS JOIN unnest($8::int[], $9::int[], $10::smallint[], $11::int[], $12::int[], $13::bytea[], $14::int[])
                    AS t (seq, tag_id, op, contact_id, chunk, bits, cause)
                JOIN cause ON cause.number = t.cause),
            contact AS (
                INSERT INTO crm.contact_change (account_id, pos, seq, contact_id, kind, before,
                    {Sql.CauseColumns})
                SELECT $1, clock.pos, c.seq, c.contact_id, c.kind, c.before::jsonb,
                    {Sql.CauseOfRow}, clock.at
                FROM clock
                CROSS JOIN unnest($15::int[], $16::int[], $17::smallint[], $18::text[], $19::int[]) AS c (seq, contact_id, kind, before, cause)
                JOIN cause ON cause.number = c.cause)
            {(_opportunities.Count == 0 ? "" : opportunitySql)}
            INSERT INTO crm.commit (account_id, pos, nonce, committed_at)
            SELECT $1, pos, nonce, at
            FROM clock
            RETURNING pos, nonce
            """;
        batch.Add(sql, [accountId, .. ChangeCause.Columns(_causes), .. TagColumns(), .. ContactColumns(), .. OpportunityColumns()]);
    }

    private object[] TagColumns() =>
    [
        _tags.Select(t => t.Seq).ToArray(),
        _tags.Select(t => t.TagId).ToArray(),
        _tags.Select(t => t.On ? (short)1 : (short)2).ToArray(),
        _tags.Select(t => t.ContactId).ToArray(),
        _tags.Select(t => t.Chunk).ToArray(),
        _tags.Select(t => t.Bits).ToArray(),
        _tags.Select(t => t.Cause).ToArray(),
    ];

    private object[] ContactColumns() =>
    [
        _contacts.Select(c => c.Seq).ToArray(),
        _contacts.Select(c => c.ContactId).ToArray(),
        _contacts.Select(c => c.Kind).ToArray(),
        _contacts.Select(c => c.Before).ToArray(),
        _contacts.Select(c => c.Cause).ToArray(),
    ];

    private object[] OpportunityColumns() => _opportunities.Count == 0
        ? []
        :
        [
            _opportunities.Select(o => o.Seq).ToArray(),
            _opportunities.Select(o => o.OpportunityId).ToArray(),
            _opportunities.Select(o => o.Before).ToArray(),
        ];

    private int CauseNumber(ChangeCause cause)
    {
        if (!_causeNumbers.TryGetValue(cause, out var number))
        {
            _causeNumbers.Add(cause, number = _causes.Count);
            _causes.Add(cause);
        }

        return number;
    }

    private readonly record struct TagRow(int Seq, int TagId, bool On, int? ContactId, int Chunk, byte[]? Bits, int Cause);

    private readonly record struct ContactRow(int Seq, int ContactId, short Kind, string? Before, int Cause);

    private readonly record struct OpportunityRow(int Seq, int OpportunityId, string? Before);
}
