using System.Globalization;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>Changes the name and the stages of a pipeline.</summary>
internal static class PipelineUpdate
{
    /// <summary>Changes the stored pipeline to the given one, in which the stages of <paramref name="added"/> are new.</summary>
    public static async Task RunAsync(NpgsqlTransaction transaction, int accountId, Pipeline pipeline, int[] added, CancellationToken ct)
    {
        if (pipeline.Stages.DistinctBy(stage => stage.StageId).Count() < pipeline.Stages.Count)
        {
            throw RpcErrors.InvalidField("pipeline.stages", "name a stage twice");
        }

        await RenameAsync(transaction, accountId, pipeline, ct);
        var stored = await StagesAsync(transaction, accountId, pipeline.PipelineId, ct);
        if (pipeline.Stages.FirstOrDefault(stage => !added.Contains(stage.StageId) && !stored.Contains(stage.StageId)) is { } unknown)
        {
            throw RpcErrors.NotFound("stage", Number(unknown.StageId));
        }

        foreach (var stageId in stored.Except(pipeline.Stages.Select(stage => stage.StageId)))
        {
            await RemoveAsync(transaction, accountId, stageId, ct);
        }

        await SaveAsync(transaction, accountId, pipeline, ct);
    }

    private static async Task RenameAsync(NpgsqlTransaction transaction, int accountId, Pipeline pipeline, CancellationToken ct)
    {
        // Locks the pipeline against other changes of its stages.
        const string lockSql = "SELECT name FROM crm.pipeline WHERE account_id = @accountId AND pipeline_id = @PipelineId FOR UPDATE";
        const string renameSql = """
            UPDATE crm.pipeline
            SET name = @Name
            WHERE account_id = @accountId AND pipeline_id = @PipelineId AND NOT EXISTS (
                SELECT FROM crm.pipeline o WHERE o.account_id = @accountId AND o.name = @Name AND o.pipeline_id <> @PipelineId)
            """;
        var values = new { accountId, pipeline.PipelineId, pipeline.Name };
        _ = await transaction.Connection!.QuerySingleOrDefaultAsync<string>(
                new CommandDefinition(lockSql, values, transaction, cancellationToken: ct))
            ?? throw RpcErrors.NotFound("pipeline", Number(pipeline.PipelineId));
        if (await transaction.Connection!.ExecuteAsync(new CommandDefinition(renameSql, values, transaction, cancellationToken: ct)) == 0)
        {
            throw RpcErrors.AlreadyExists("pipeline", pipeline.Name);
        }
    }

    private static async Task<List<int>> StagesAsync(NpgsqlTransaction transaction, int accountId, int pipelineId, CancellationToken ct)
    {
        const string sql = "SELECT stage_id FROM crm.stage WHERE account_id = @accountId AND pipeline_id = @pipelineId FOR UPDATE";
        return [.. await transaction.Connection!.QueryAsync<int>(
            new CommandDefinition(sql, new { accountId, pipelineId }, transaction, cancellationToken: ct))];
    }

    private static async Task RemoveAsync(NpgsqlTransaction transaction, int accountId, int stageId, CancellationToken ct)
    {
        const string sql = """
            DELETE FROM crm.stage
            WHERE account_id = @accountId AND stage_id = @stageId AND NOT EXISTS (
                SELECT FROM crm.opportunity o WHERE o.account_id = @accountId AND o.stage_id = @stageId AND o.deleted_at IS NULL)
            """;
        var removed = await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(sql, new { accountId, stageId }, transaction, cancellationToken: ct));
        if (removed == 0)
        {
            throw RpcErrors.Create(
                StatusCode.FailedPrecondition, ErrorReason.InUse, $"There are opportunities in the stage {stageId}: move them first.",
                ("resource", "stage"), ("id", Number(stageId)));
        }
    }

    // Two steps, because names are unique at every moment and stages may swap theirs.
    private static async Task SaveAsync(NpgsqlTransaction transaction, int accountId, Pipeline pipeline, CancellationToken ct)
    {
        const string clearSql = """
            UPDATE crm.stage SET name = stage_id::text || chr(31)
            WHERE account_id = @accountId AND pipeline_id = @PipelineId
            """;
        const string saveSql = """
            INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal)
            SELECT @accountId, n.stage_id, @PipelineId, n.name, n.place
            FROM unnest(@stageIds, @names) WITH ORDINALITY AS n (stage_id, name, place)
            ON CONFLICT (account_id, stage_id) DO UPDATE SET name = excluded.name, ordinal = excluded.ordinal
            """;
        var values = new
        {
            accountId,
            pipeline.PipelineId,
            stageIds = pipeline.Stages.Select(stage => stage.StageId).ToArray(),
            names = pipeline.Stages.Select(stage => stage.Name).ToArray(),
        };
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(clearSql, values, transaction, cancellationToken: ct));
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(saveSql, values, transaction, cancellationToken: ct));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
