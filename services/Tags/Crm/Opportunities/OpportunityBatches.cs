using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Writes opportunities by the thousand.</summary>
internal static class OpportunityBatches
{
    private const string Rows = """
        unnest(@ids, @external_id, @contact_id, @name, @pipeline_id, @stage_id, @status, @amount, @opened_on, @closed_on, @fields)
            AS n (opportunity_id, external_id, contact_id, name, pipeline_id, stage_id, status, amount, opened_on, closed_on, fields)
        """;

    /// <summary>Creates opportunities, each with the first entry of its stage history.</summary>
    public static async Task InsertAsync(
        AccountTransaction transaction, List<OpportunityWrite> targets, DateTimeOffset now, CancellationToken ct)
    {
        const string sql = $"""
            WITH created AS (
                INSERT INTO crm.opportunity (account_id, opportunity_id, external_id, contact_id, name, pipeline_id, stage_id, status, amount,
                    opened_on, closed_on, fields, stage_since, created_at, updated_at)
                SELECT @accountId, opportunity_id, external_id, contact_id, name, pipeline_id, stage_id, status, amount::numeric,
                    opened_on::date, closed_on::date, fields::jsonb, @now, @now, @now
                FROM {Rows}
                RETURNING opportunity_id, stage_id)
            INSERT INTO crm.stage_change (account_id, opportunity_id, at, stage_id)
            SELECT @accountId, opportunity_id, @now, stage_id
            FROM created
            """;
        if (targets.Count > 0)
        {
            await transaction.Connection.ExecuteAsync(
                new CommandDefinition(sql, Values(transaction.AccountId, targets, now), transaction.Transaction, cancellationToken: ct));
        }
    }

    /// <summary>Changes opportunities that still have the versions read; throws if one has not.</summary>
    public static async Task UpdateAsync(
        AccountTransaction transaction, List<OpportunityWrite> targets, DateTimeOffset now, CancellationToken ct)
    {
        const string updateSql = $"""
            UPDATE crm.opportunity o
            SET external_id = n.external_id, contact_id = n.contact_id, name = n.name, pipeline_id = n.pipeline_id, stage_id = n.stage_id,
                status = n.status, amount = n.amount::numeric, opened_on = n.opened_on::date, closed_on = n.closed_on::date,
                fields = n.fields::jsonb, updated_at = @now, version = o.version + 1,
                stage_since = CASE WHEN o.stage_id = n.stage_id THEN o.stage_since ELSE @now END
            FROM {Rows}
            WHERE o.account_id = @accountId AND o.opportunity_id = n.opportunity_id AND o.opportunity_id = ANY (@ids)
            """;
        const string moveSql = """
            INSERT INTO crm.stage_change (account_id, opportunity_id, at, stage_id)
            SELECT @accountId, n.opportunity_id, @now, n.stage_id
            FROM unnest(@ids, @stage_id) AS n (opportunity_id, stage_id)
            """;
        if (targets.Count == 0)
        {
            return;
        }

        await LockAsync(transaction, targets, ct);
        await transaction.AvoidNestedLoopsAsync(targets.Count, ct);
        await transaction.Connection.ExecuteAsync(new CommandDefinition(
            updateSql, Values(transaction.AccountId, targets, now), transaction.Transaction, cancellationToken: ct));
        var moved = targets.FindAll(target => target.Before!.StageId != target.State.StageId);
        await transaction.Connection.ExecuteAsync(new CommandDefinition(
            moveSql, Values(transaction.AccountId, moved, now), transaction.Transaction, cancellationToken: ct));
    }

    private static async Task LockAsync(AccountTransaction transaction, List<OpportunityWrite> targets, CancellationToken ct)
    {
        const string sql = """
            SELECT version
            FROM crm.opportunity
            WHERE account_id = @AccountId AND opportunity_id = ANY (@ids)
            ORDER BY opportunity_id
            FOR UPDATE
            """;
        var ids = targets.Select(target => target.OpportunityId).ToArray();
        var versions = await transaction.Connection.QueryAsync<long>(
            new CommandDefinition(sql, new { transaction.AccountId, ids }, transaction.Transaction, cancellationToken: ct));
        if (!versions.SequenceEqual(targets.Select(target => target.Version)))
        {
            throw new LostUpdateException();
        }
    }

    private static object Values(int accountId, List<OpportunityWrite> targets, DateTimeOffset now) => new
    {
        accountId,
        now,
        ids = targets.Select(target => target.OpportunityId).ToArray(),
        external_id = targets.Select(target => target.State.ExternalId).ToArray(),
        contact_id = targets.Select(target => target.State.ContactId).ToArray(),
        name = targets.Select(target => target.State.Name).ToArray(),
        pipeline_id = targets.Select(target => target.State.PipelineId).ToArray(),
        stage_id = targets.Select(target => target.State.StageId).ToArray(),
        status = targets.Select(target => (short)target.State.Status).ToArray(),
        amount = targets.Select(target => target.State.Amount).ToArray(),
        opened_on = targets.Select(target => target.State.OpenedOn).ToArray(),
        closed_on = targets.Select(target => target.State.ClosedOn).ToArray(),
        fields = targets.Select(target => target.State.Fields.ToJson()).ToArray(),
    };
}
