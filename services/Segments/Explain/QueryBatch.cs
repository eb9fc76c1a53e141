using Dapper;
using Npgsql;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;

namespace TagSegments.Segments.Explain;

/// <summary>Queries in one snapshot that go to the database together: a round trip costs more than most of them.</summary>
internal sealed class QueryBatch(Snapshot snapshot)
{
    private List<(NpgsqlBatchCommand Command, Action<NpgsqlDataReader> Read)> _queries = [];

    /// <summary>Adds a query. Its rows come with the next <see cref="RunAsync"/>.</summary>
    public Task<List<T>> AddAsync<T>(string sql, SqlParameters parameters)
    {
        // What waits for the rows runs on at once, so that what it adds is there when the batch has been read.
        var rows = new TaskCompletionSource<List<T>>();
        var command = new NpgsqlBatchCommand(sql);
        parameters.AddTo(command.Parameters);
        _queries.Add((command, reader => rows.SetResult([.. reader.Parse<T>()])));
        return rows.Task;
    }

    /// <summary>Runs the queries, and those that are added because of their rows, until none is left.</summary>
    public async Task RunAsync(bool plannedOnce, CancellationToken ct)
    {
        while (_queries.Count > 0)
        {
            var queries = _queries;
            _queries = [];
            await RunAsync(queries, plannedOnce, ct);
        }
    }

    private async Task RunAsync(
        List<(NpgsqlBatchCommand Command, Action<NpgsqlDataReader> Read)> queries, bool plannedOnce, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(snapshot.Connection, snapshot.Transaction);
        Add(batch, plannedOnce ? Snapshot.PlanOnce : []);
        queries.ForEach(query => batch.BatchCommands.Add(query.Command));
        Add(batch, plannedOnce ? Snapshot.PlanAsUsual : []);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        foreach (var (_, read) in queries)
        {
            read(reader);
            await reader.NextResultAsync(ct);
        }
    }

    private static void Add(NpgsqlBatch batch, IEnumerable<string> settings)
    {
        foreach (var setting in settings)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(setting));
        }
    }
}
