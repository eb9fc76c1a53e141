using System.Globalization;
using Crm.Contacts.V1;
using Dapper;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Changes single opportunities inside an account's write transaction.</summary>
internal sealed class OpportunityWrites(AccountTransaction transaction, ChangeCause cause, DateTimeOffset now, CancellationToken ct)
{
    /// <summary>Creates an opportunity: what the edit makes of a start. Throws NOT_FOUND for an unknown contact, pipeline or stage, ALREADY_EXISTS for a taken external id.</summary>
    public async Task<OpportunityRow> CreateAsync(int opportunityId, OpportunityEdit edit, OpportunityState start)
    {
        await FieldStore.HoldAsync(transaction, edit.Fields, ct);
        var state = edit.Apply(start);
        await CheckReferencesAsync(null, state);
        await CheckExternalIdAsync(opportunityId, state);
        await OpportunityBatches.InsertAsync(transaction, [new(opportunityId, 0, null) { State = state }], now, ct);
        OpportunityLog.Write(transaction, opportunityId, null, state, cause);
        return await GetAsync(opportunityId);
    }

    /// <summary>Changes an opportunity; nothing happens if it is so already.</summary>
    public async Task<OpportunityRow> UpdateAsync(int opportunityId, long expectedVersion, OpportunityEdit edit)
    {
        await FieldStore.HoldAsync(transaction, edit.Fields, ct);
        var row = await GetAsync(opportunityId, expectedVersion);
        var before = row.ToState();
        var after = edit.Apply(before);
        if (before.Differences(after).Count == 0)
        {
            return row;
        }

        await CheckReferencesAsync(before, after);
        await CheckExternalIdAsync(opportunityId, after);
        await OpportunityBatches.UpdateAsync(transaction, [new(opportunityId, row.Version, before) { State = after }], now, ct);
        OpportunityLog.Write(transaction, opportunityId, before, after, cause);
        return await GetAsync(opportunityId);
    }

    /// <summary>
    /// Finds the pipeline of a stage, and the open opportunity of a contact in it that was created last. Throws NOT_FOUND for an unknown contact
    /// or stage.
    /// </summary>
    public async Task<(int PipelineId, OpportunityRow? Open)> FindLastOpenAsync(int contactId, int stageId)
    {
        const string pipelineSql = "SELECT pipeline_id FROM crm.stage WHERE account_id = @accountId AND stage_id = @stageId FOR SHARE";
        const string openSql = $"""
            SELECT {OpportunityRow.Columns}
            FROM crm.opportunity
            WHERE account_id = @accountId AND contact_id = @contactId AND pipeline_id = @pipelineId AND status = @open
            ORDER BY opportunity_id DESC
            LIMIT 1
            FOR UPDATE
            """;
        var accountId = transaction.AccountId;
        var pipelineId = await QueryAsync<int?>(pipelineSql, new { accountId, stageId }) ?? throw RpcErrors.NotFound("stage", Number(stageId));
        await CheckContactAsync(contactId);
        return (pipelineId, await QueryAsync<OpportunityRow>(openSql, new { accountId, contactId, pipelineId, open = (short)Opportunity.Types.Status.Open }));
    }

    /// <summary>Deletes an opportunity and returns it. The log records that it left its contact, as if it had become an orphan.</summary>
    public async Task<OpportunityRow> DeleteAsync(int opportunityId, long expectedVersion)
    {
        const string sql = """
            UPDATE crm.opportunity
            SET deleted_at = @now, updated_at = @now, version = version + 1, contact_id = NULL, external_id = NULL
            WHERE account_id = @accountId AND opportunity_id = @opportunityId
            """;
        var row = await GetAsync(opportunityId, expectedVersion);
        var before = row.ToState();
        await transaction.Connection.ExecuteAsync(new CommandDefinition(
            sql, new { accountId = transaction.AccountId, opportunityId, now }, transaction.Transaction, cancellationToken: ct));
        OpportunityLog.Write(transaction, opportunityId, before, before with { ContactId = null, ExternalId = null }, cause);
        return row;
    }

    private async Task<OpportunityRow> GetAsync(int opportunityId, long expectedVersion)
    {
        var row = await GetAsync(opportunityId);
        return expectedVersion == 0 || expectedVersion == row.Version
            ? row
            : throw RpcErrors.VersionMismatch("opportunity", Number(opportunityId), row.Version);
    }

    // Locks the row, so that the values read stay true until the commit.
    private async Task<OpportunityRow> GetAsync(int opportunityId)
    {
        const string sql = $"""
            SELECT {OpportunityRow.Columns}
            FROM crm.opportunity
            WHERE account_id = @accountId AND opportunity_id = @opportunityId AND deleted_at IS NULL
            FOR UPDATE
            """;
        return await QueryAsync<OpportunityRow>(sql, new { accountId = transaction.AccountId, opportunityId })
            ?? throw RpcErrors.NotFound("opportunity", Number(opportunityId));
    }

    private async Task CheckReferencesAsync(OpportunityState? before, OpportunityState after)
    {
        const string pipelineSql = "SELECT pipeline_id FROM crm.pipeline WHERE account_id = @accountId AND pipeline_id = @pipelineId";
        const string stageSql = """
            SELECT stage_id
            FROM crm.stage
            WHERE account_id = @accountId AND pipeline_id = @pipelineId AND stage_id = @stageId
            FOR SHARE
            """;
        var values = new { accountId = transaction.AccountId, pipelineId = after.PipelineId, stageId = after.StageId };
        if (after.ContactId is { } contactId && contactId != before?.ContactId)
        {
            await CheckContactAsync(contactId);
        }

        if (after.PipelineId != before?.PipelineId || after.StageId != before.StageId)
        {
            _ = await QueryAsync<int?>(pipelineSql, values) ?? throw RpcErrors.NotFound("pipeline", Number(after.PipelineId));
            _ = await QueryAsync<int?>(stageSql, values) ?? throw RpcErrors.NotFound("stage", Number(after.StageId));
        }
    }

    private async Task CheckContactAsync(int contactId)
    {
        const string sql = """
            SELECT contact_id
            FROM crm.contact
            WHERE account_id = @accountId AND contact_id = @contactId AND deleted_at IS NULL
            """;
        _ = await QueryAsync<int?>(sql, new { accountId = transaction.AccountId, contactId }) ?? throw RpcErrors.NotFound("contact", Number(contactId));
    }

    private async Task CheckExternalIdAsync(int opportunityId, OpportunityState after)
    {
        const string sql = """
            SELECT opportunity_id
            FROM crm.opportunity
            WHERE account_id = @accountId AND external_id = @ExternalId AND opportunity_id <> @opportunityId
            """;
        if (await QueryAsync<int?>(sql, new { accountId = transaction.AccountId, after.ExternalId, opportunityId }) is { } owner)
        {
            throw RpcErrors.AlreadyExists("opportunity", after.ExternalId!, Number(owner));
        }
    }

    private Task<T?> QueryAsync<T>(string sql, object values) => transaction.Connection.QuerySingleOrDefaultAsync<T>(
        new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
