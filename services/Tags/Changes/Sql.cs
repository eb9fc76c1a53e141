namespace TagSegments.Tags.Changes;

/// <summary>Parts of statements that many share.</summary>
/// <remarks>
/// Every write of tags obeys one rule: lock the chunks in the order of tags and chunks, compare, write the bits that differ and, if there are
/// any, move the clock and log them at the new position. Four statements obey it, and they stay apart because each is fast for another amount:
/// <c>OneChangeStatement</c> turns over one bit, in a third of the time of the general form; <c>ManyChangesStatement</c> takes pairs of tag
/// and contact, each with its own cause and verdict; <c>BulkStatement</c> takes whole chunks, whose bits never leave the server;
/// <see cref="ChunkWrites"/> with <see cref="ChangeLog"/> is for transactions that write more than tags. What they can share stands here
/// and in <see cref="ChangeCause"/>.
/// </remarks>
internal static class Sql
{
    /// <summary>An empty chunk.</summary>
    public const string Zero = "repeat('0', 16384)::bit(16384)";

    /// <summary>The bits of the contacts that row <c>c</c> of the log of tags is about, whether it names one contact or has the bits of many.</summary>
    public const string ChangedBits = $"coalesce(c.bits, set_bit({Zero}, c.contact_id % 16384, 1))";

    /// <summary>The columns of a log that say why and when, in the order in which <see cref="ChangeCause"/> gives their values.</summary>
    public const string CauseColumns = "cause_kind, cause_id, cause_detail, cause_chain, actor, skip_workflows, at";

    /// <summary>The cause of all changes of a statement, in the parameters $2 to $7.</summary>
    public const string CauseValues =
        "$2, nullif($3, ''), nullif($4, ''), string_to_array(nullif($5, ''), E'\\n'), nullif($6, ''), $7";

    /// <summary>A part of a WITH: the causes of the changes of a statement, numbered from 0, in the arrays of the parameters $2 to $7.</summary>
    public const string Causes = """
        cause AS (
            SELECT number - 1 AS number, kind, nullif(id, '') AS id, nullif(detail, '') AS detail,
                string_to_array(nullif(chain, ''), E'\n') AS chain, nullif(actor, '') AS actor, skip_workflows
            FROM unnest($2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
                WITH ORDINALITY AS c (kind, id, detail, chain, actor, skip_workflows, number))
        """;

    /// <summary>The values of the cause that a row of <see cref="Causes"/> is.</summary>
    public const string CauseOfRow = "cause.kind, cause.id, cause.detail, cause.chain, cause.actor, cause.skip_workflows";

    /// <summary>
    /// Two parts of a WITH: if there is a row in <c>changed</c> the clock of the account $1 moves and the commit is noted. The new position, its
    /// nonce and its instant are in <c>clock</c>, which is empty otherwise. The lock on the row makes the order of positions that of commits.
    /// </summary>
    public const string MoveClock = """
        clock AS (
            UPDATE crm.clock
            SET pos = pos + 1, nonce = gen_random_uuid()
            WHERE account_id = $1 AND EXISTS (SELECT FROM changed)
            RETURNING pos, nonce, clock_timestamp() AS at),
        noted AS (
            INSERT INTO crm.commit (account_id, pos, nonce, committed_at)
            SELECT $1, pos, nonce, at
            FROM clock)
        """;
}
