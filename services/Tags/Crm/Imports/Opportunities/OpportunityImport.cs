using Crm.Contacts.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Opportunities;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Columns;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>Imports rows as opportunities, a batch in one transaction; a batch that loses against another writer is made again.</summary>
internal sealed class OpportunityImport(ImportTools tools, ImportSettings settings, OpportunityRows rows, ImportStages stages, RowKeys keys)
    : IRowTarget<OpportunityDraft>
{
    private const int Attempts = 5;
    private readonly ExistingOpportunities _existing = new(tools.Database, settings, keys);

    /// <inheritdoc/>
    public OpportunityDraft? Read(CsvRow row, RowReport report) => rows.Read(row, report);

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<OpportunityDraft> batch, ImportSummary summary, CancellationToken ct)
    {
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            try
            {
                var plan = await PlanAsync(batch, ct);
                if (plan.Created.Count > 0)
                {
                    plan.Number(await IdBlocks.TakeAsync(tools.Database, settings.Account.Id, "opportunity", plan.Created.Count, ct));
                }

                await AccountTransaction.RunAsync(
                    tools.Database, settings.Account.Id, transaction => WriteAsync(transaction, plan, ct), ct);
                stages.Keep();
                rows.Fields.Keep(summary);
                plan.AddTo(summary);
                return;
            }
            catch (Exception e) when (attempt < Attempts && e is LostUpdateException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // Somebody created or changed one of these opportunities, or the pipeline, meanwhile: look again.
                stages.Forget();
            }
        }
    }

    /// <inheritdoc/>
    public async Task TryAsync(IReadOnlyList<OpportunityDraft> batch, ImportSummary summary, CancellationToken ct)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var plan = await PlanAsync(batch, ct);
        stages.Keep();
        rows.Fields.Pretend(summary);
        plan.AddTo(summary);
        summary.Preview.Add(plan.Rows.Take(OpportunityPreview.MaxRows - summary.Preview.Count).Select(row => OpportunityPreview.Of(row, settings, rows.Fields)));
    }

    private async Task<OpportunityPlan> PlanAsync(IReadOnlyList<OpportunityDraft> batch, CancellationToken ct)
    {
        await stages.PlanAsync(ct);
        var contacts = await ContactsAsync([.. batch.Select(draft => draft.Contact).OfType<string>().Distinct(StringComparer.Ordinal)], ct);
        var existing = await _existing.FindAsync(batch, ct);
        var plan = new OpportunityPlan(existing, contacts, stages, settings);
        plan.Make(batch);
        if (settings.DryRun)
        {
            _existing.Remember(existing);
        }

        return plan;
    }

    private async Task<int> WriteAsync(AccountTransaction transaction, OpportunityPlan plan, CancellationToken ct)
    {
        var now = tools.Time.GetUtcNow();
        await rows.Fields.EnsureAsync(transaction, ct);
        await stages.EnsureAsync(transaction, ct);
        await FieldStore.HoldAsync(transaction, [.. rows.Fields.ByColumn.Values], ct);
        await OpportunityBatches.InsertAsync(transaction, plan.Created, now, ct);
        await OpportunityBatches.UpdateAsync(transaction, plan.Updated, now, ct);
        foreach (var target in plan.Created.Concat(plan.Updated))
        {
            OpportunityLog.Write(transaction, target.OpportunityId, target.Before, target.State, settings.Cause);
        }

        return plan.Created.Count + plan.Updated.Count;
    }

    private async Task<Dictionary<string, int>> ContactsAsync(string[] externalIds, CancellationToken ct)
    {
        const string sql = """
            SELECT k.external_id, c.contact_id
            FROM unnest(@externalIds) AS k (external_id)
            CROSS JOIN LATERAL (
                SELECT contact_id
                FROM crm.contact
                WHERE account_id = @accountId AND external_id = k.external_id AND deleted_at IS NULL
                OFFSET 0) AS c
            """;
        await using var connection = await tools.Database.OpenAsync(settings.Account.Id, ct);
        var found = await connection.QueryAsync<(string ExternalId, int ContactId)>(
            new CommandDefinition(sql, new { accountId = settings.Account.Id, externalIds }, cancellationToken: ct));
        return found.ToDictionary(row => row.ExternalId, row => row.ContactId, StringComparer.Ordinal);
    }
}
