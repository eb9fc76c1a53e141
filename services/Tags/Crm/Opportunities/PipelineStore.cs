using Crm.Contacts.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>The pipelines and their stages in the database.</summary>
internal sealed class PipelineStore(AccountDatabase database)
{
    /// <summary>Lists the pipelines by number, each with its stages in order.</summary>
    public async Task<IReadOnlyList<Pipeline>> ListAsync(int accountId, CancellationToken ct)
    {
        const string sql = """
            SELECT p.pipeline_id, p.name, s.stage_id, s.name AS stage
            FROM crm.pipeline p
            LEFT JOIN crm.stage s ON s.account_id = p.account_id AND s.pipeline_id = p.pipeline_id
            WHERE p.account_id = @accountId
            ORDER BY p.pipeline_id, s.ordinal, s.stage_id
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        var rows = await connection.QueryAsync<(int PipelineId, string Name, int? StageId, string? Stage)>(
            new CommandDefinition(sql, new { accountId }, cancellationToken: ct));
        return
        [
            .. rows.GroupBy(row => (row.PipelineId, row.Name)).Select(group => new Pipeline
            {
                PipelineId = group.Key.PipelineId,
                Name = group.Key.Name,
                Stages = { group.Where(row => row.StageId is not null).Select(row => new Stage { StageId = row.StageId!.Value, Name = row.Stage }) },
            }),
        ];
    }

    /// <summary>Takes the number of a new pipeline.</summary>
    public Task<int> TakePipelineAsync(int accountId, CancellationToken ct) => IdBlocks.TakeAsync(database, accountId, "pipeline", 1, ct);

    /// <summary>Takes numbers for new stages and returns the first.</summary>
    public Task<int> TakeStagesAsync(int accountId, int count, CancellationToken ct) => IdBlocks.TakeAsync(database, accountId, "stage", count, ct);

    /// <summary>Creates a pipeline with its stages; false if the name is taken.</summary>
    public static async Task<bool> CreateAsync(NpgsqlTransaction transaction, int accountId, Pipeline pipeline, CancellationToken ct)
    {
        const string sql = """
            WITH created AS (
                INSERT INTO crm.pipeline (account_id, pipeline_id, name)
                VALUES (@accountId, @PipelineId, @Name)
                ON CONFLICT (account_id, name) DO NOTHING
                RETURNING pipeline_id)
            INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal)
            SELECT @accountId, s.stage_id, created.pipeline_id, s.name, s.ordinal
            FROM created
            CROSS JOIN unnest(@stageIds, @names) WITH ORDINALITY AS s (stage_id, name, ordinal)
            """;
        var values = new
        {
            accountId,
            pipeline.PipelineId,
            pipeline.Name,
            stageIds = pipeline.Stages.Select(stage => stage.StageId).ToArray(),
            names = pipeline.Stages.Select(stage => stage.Name).ToArray(),
        };
        return await transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: ct)) > 0;
    }

    /// <summary>Counts the account's pipelines, for the limit.</summary>
    public static Task<int> CountAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct)
    {
        const string sql = "SELECT count(*)::int FROM crm.pipeline WHERE account_id = @accountId";
        return transaction.Connection!.QuerySingleAsync<int>(new CommandDefinition(sql, new { accountId }, transaction, cancellationToken: ct));
    }
}
