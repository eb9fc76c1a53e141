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
internal sealed class OpportunityImport(AccountDatabase database, ImportSettings settings, OpportunityRows rows, TimeProvider time)
    : IRowTarget<OpportunityDraft>
{
    private const int Attempts = 5;

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
                await AccountTransaction.RunAsync(
                    database, settings.Account.Id, transaction => WriteAsync(transaction, plan, ct), ct);
                plan.AddTo(summary);
                return;
            }
            catch (Exception e) when (attempt < Attempts && e is LostUpdateException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // Somebody created or changed one of these opportunities meanwhile: look again.
            }
        }
    }

    private async Task<OpportunityPlan> PlanAsync(IReadOnlyList<OpportunityDraft> batch, CancellationToken ct)
    {
        var contacts = await ContactsAsync([.. batch.Select(draft => draft.Contact).OfType<string>().Distinct(StringComparer.Ordinal)], ct);
        string[] keys = [.. batch.Select(draft => draft.Key).OfType<string>().Distinct(StringComparer.Ordinal)];
        var plan = OpportunityPlan.Make(batch, await ExistingAsync(keys, ct), contacts);
        if (plan.Created.Count > 0)
        {
            plan.Number(await IdBlocks.TakeAsync(database, settings.Account.Id, "opportunity", plan.Created.Count, ct));
        }

        return plan;
    }

    private async Task<int> WriteAsync(AccountTransaction transaction, OpportunityPlan plan, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await FieldStore.HoldAsync(transaction, rows.Fields, ct);
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
            SELECT external_id, contact_id
            FROM crm.contact
            WHERE account_id = @accountId AND external_id = ANY (@externalIds) AND deleted_at IS NULL
            """;
        await using var connection = await database.OpenAsync(settings.Account.Id, ct);
        var found = await connection.QueryAsync<(string ExternalId, int ContactId)>(
            new CommandDefinition(sql, new { accountId = settings.Account.Id, externalIds }, cancellationToken: ct));
        return found.ToDictionary(row => row.ExternalId, row => row.ContactId, StringComparer.Ordinal);
    }

    private async Task<IEnumerable<OpportunityRow>> ExistingAsync(string[] keys, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {OpportunityRow.Columns}
            FROM crm.opportunity
            WHERE account_id = @accountId AND external_id = ANY (@keys)
            """;
        await using var connection = await database.OpenAsync(settings.Account.Id, ct);
        return await connection.QueryAsync<OpportunityRow>(
            new CommandDefinition(sql, new { accountId = settings.Account.Id, keys }, cancellationToken: ct));
    }
}
