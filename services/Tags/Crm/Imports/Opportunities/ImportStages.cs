using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>The pipeline of an import and its stages by name.</summary>
internal sealed record ImportStages(int PipelineId, IReadOnlyDictionary<string, int> Stages)
{
    /// <summary>Checks whether a text can be the name of a stage.</summary>
    public static bool IsName(string text) => PipelineChecklist.NameProblem(text) is null;

    /// <summary>Finds the pipeline and its stages and creates missing ones; new stages come after the existing ones.</summary>
    public static async Task<ImportStages> EnsureAsync(
        AccountDatabase database, int accountId, string pipeline, string[] names, CancellationToken ct)
    {
        var newPipeline = await IdBlocks.TakeAsync(database, accountId, "pipeline", 1, ct);
        var firstStage = await IdBlocks.TakeAsync(database, accountId, "stage", Math.Max(names.Length, 1), ct);
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var pipelineId = await EnsurePipelineAsync(transaction, accountId, newPipeline, pipeline, ct);
        var stages = await EnsureStagesAsync(transaction, accountId, pipelineId, firstStage, names, ct);
        if (stages.Count > PipelineChecklist.MaxStages)
        {
            throw RpcErrors.InvalidField(
                "options.stage_column", $"the pipeline would have {stages.Count} stages, more than {PipelineChecklist.MaxStages}");
        }

        await transaction.CommitAsync(ct);
        return new ImportStages(pipelineId, stages);
    }

    private static Task<int> EnsurePipelineAsync(NpgsqlTransaction transaction, int accountId, int newId, string name, CancellationToken ct)
    {
        // The update changes nothing; it makes the row come back, and locks it against concurrent imports into the same pipeline.
        const string sql = """
            INSERT INTO crm.pipeline (account_id, pipeline_id, name)
            VALUES (@accountId, @newId, @name)
            ON CONFLICT (account_id, name) DO UPDATE SET name = excluded.name
            RETURNING pipeline_id
            """;
        return transaction.Connection!.QuerySingleAsync<int>(
            new CommandDefinition(sql, new { accountId, newId, name }, transaction, cancellationToken: ct));
    }

    private static async Task<Dictionary<string, int>> EnsureStagesAsync(
        NpgsqlTransaction transaction, int accountId, int pipelineId, int firstStage, string[] names, CancellationToken ct)
    {
        const string insertSql = """
            INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal)
            SELECT @accountId, @firstStage + n.place - 1, @pipelineId, n.name,
                n.place + coalesce((SELECT max(ordinal) FROM crm.stage WHERE account_id = @accountId AND pipeline_id = @pipelineId), 0)
            FROM unnest(@names) WITH ORDINALITY AS n (name, place)
            ON CONFLICT (account_id, pipeline_id, name) DO NOTHING
            """;
        const string selectSql = "SELECT name, stage_id FROM crm.stage WHERE account_id = @accountId AND pipeline_id = @pipelineId";
        var values = new { accountId, pipelineId, firstStage, names };
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(insertSql, values, transaction, cancellationToken: ct));
        var rows = await transaction.Connection!.QueryAsync<(string Name, int StageId)>(
            new CommandDefinition(selectSql, values, transaction, cancellationToken: ct));
        return rows.ToDictionary(row => row.Name, row => row.StageId, StringComparer.Ordinal);
    }
}
