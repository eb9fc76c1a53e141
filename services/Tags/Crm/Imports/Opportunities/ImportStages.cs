using Dapper;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Opportunities;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>The pipeline of an import and its stages. What is missing is created together with the first rows; new stages come after the existing ones.</summary>
internal sealed class ImportStages(AccountDatabase database, ImportSettings settings, string[] names)
{
    private readonly int _accountId = settings.Account.Id;
    private readonly Dictionary<string, int> _stages = new(StringComparer.Ordinal);
    private string[] _missing = [];
    private bool _isPlanned;
    private int _firstStage;

    /// <summary>The number of the pipeline.</summary>
    public int PipelineId { get; private set; }

    /// <summary>True if the pipeline is to be created.</summary>
    public bool CreatesPipeline { get; private set; }

    /// <summary>The names of the stages to create.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>The number of a stage that the file names.</summary>
    public int this[string stage] => _stages[stage];

    /// <summary>Checks whether a text can be the name of a stage.</summary>
    public static bool IsName(string text) => PipelineChecklist.NameProblem(text) is null;

    /// <summary>Finds the pipeline and its stages and takes numbers for what is missing, once.</summary>
    public async Task PlanAsync(CancellationToken ct)
    {
        if (_isPlanned)
        {
            return;
        }

        await FindAsync(ct);
        _missing = [.. names.Where(name => !_stages.ContainsKey(name))];
        if (_stages.Count + _missing.Length > PipelineChecklist.MaxStages)
        {
            throw RpcErrors.InvalidField(
                "options.stage_column",
                $"the pipeline would have {_stages.Count + _missing.Length} stages, more than {PipelineChecklist.MaxStages}");
        }

        PipelineId = CreatesPipeline ? await TakeAsync("pipeline", 1, ct) : PipelineId;
        _firstStage = _missing.Length == 0 ? 0 : await TakeAsync("stage", _missing.Length, ct);
        for (var i = 0; i < _missing.Length; i++)
        {
            _stages[_missing[i]] = _firstStage + i;
        }

        _isPlanned = true;
    }

    /// <summary>Creates what is missing. Throws if somebody else has created some of it since: look again.</summary>
    public async Task EnsureAsync(AccountTransaction transaction, CancellationToken ct)
    {
        // The update changes nothing; it makes the row come back, and locks it against concurrent imports into the same pipeline.
        const string pipelineSql = """
            INSERT INTO crm.pipeline (account_id, pipeline_id, name)
            VALUES (@_accountId, @PipelineId, @Pipeline)
            ON CONFLICT (account_id, name) DO UPDATE SET name = excluded.name
            RETURNING pipeline_id
            """;
        const string stagesSql = """
            INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal)
            SELECT @_accountId, @_firstStage + n.place - 1, @PipelineId, n.name,
                n.place + coalesce((SELECT max(ordinal) FROM crm.stage WHERE account_id = @_accountId AND pipeline_id = @PipelineId), 0)
            FROM unnest(@_missing) WITH ORDINALITY AS n (name, place)
            ON CONFLICT (account_id, pipeline_id, name) DO NOTHING
            """;
        if (!CreatesPipeline && _missing.Length == 0)
        {
            return;
        }

        var values = new { _accountId, PipelineId, settings.Pipeline, _firstStage, _missing };
        var pipeline = await transaction.Connection.QuerySingleAsync<int>(
            new CommandDefinition(pipelineSql, values, transaction.Transaction, cancellationToken: ct));
        var created = pipeline != PipelineId ? 0 : await transaction.Connection.ExecuteAsync(
            new CommandDefinition(stagesSql, values, transaction.Transaction, cancellationToken: ct));
        if (pipeline != PipelineId || created != _missing.Length)
        {
            throw new LostUpdateException();
        }
    }

    /// <summary>Takes note that the transaction has been committed: nothing is missing any longer.</summary>
    public void Keep() => (CreatesPipeline, _missing) = (false, []);

    /// <summary>Forgets the plan: somebody has created some of it since.</summary>
    public void Forget() => _isPlanned = false;

    private async Task FindAsync(CancellationToken ct)
    {
        const string sql = """
            SELECT p.pipeline_id, s.name, s.stage_id
            FROM crm.pipeline p
            LEFT JOIN crm.stage s ON s.account_id = p.account_id AND s.pipeline_id = p.pipeline_id
            WHERE p.account_id = @_accountId AND p.name = @Pipeline
            """;
        await using var connection = await database.OpenAsync(_accountId, ct);
        var rows = await connection.QueryAsync<(int PipelineId, string? Stage, int? StageId)>(
            new CommandDefinition(sql, new { _accountId, settings.Pipeline }, cancellationToken: ct));
        _stages.Clear();
        CreatesPipeline = true;
        foreach (var (pipelineId, stage, stageId) in rows)
        {
            (PipelineId, CreatesPipeline) = (pipelineId, false);
            if (stage is not null)
            {
                _stages.Add(stage, stageId!.Value);
            }
        }
    }

    // Numbers of a dry run are none that exist.
    private async Task<int> TakeAsync(string kind, int count, CancellationToken ct) =>
        settings.DryRun ? -count : await IdBlocks.TakeAsync(database, _accountId, kind, count, ct);
}
