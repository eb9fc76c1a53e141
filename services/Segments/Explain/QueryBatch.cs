using Dapper;
using Npgsql;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;

namespace TagSegments.Segments.Explain;

/// <summary>Queries in one snapshot that go to the database together: a round trip costs more than most of them.</summary>
internal sealed class QueryBatch(Snapshot snapshot)
{
    private List<(NpgsqlBatchCommand Command, Action<NpgsqlDataReader> Read)> _queries = [];

    /// <summary>Adds a query to the next batch.</summary>
    public Task<List<T>> AddAsync<T>(string sql, SqlParameters parameters)
    {
        var rows = new TaskCompletionSource<List<T>>();
        var command = new NpgsqlBatchCommand(sql);
        parameters.AddTo(command.Parameters);
        _queries.Add((command, reader => rows.SetResult([.. reader.Parse<T>()])));
        return rows.Task;
    }

    /// <summary>
    /// Sends the queries. The function returned waits for their rows and hands them out; it has to be called before anything else is done in the
    /// snapshot. Between the two there is time for other work, such as adding queries to be sent after these.
    /// </summary>
    public Func<Task> Send(bool plannedOnce, CancellationToken ct)
    {
        var queries = _queries;
        _queries = [];
        var batch = new NpgsqlBatch(snapshot.Connection, snapshot.Transaction);
        Add(batch, plannedOnce ? Snapshot.PlanOnce : []);
        queries.ForEach(query => batch.BatchCommands.Add(query.Command));
        Add(batch, plannedOnce ? Snapshot.PlanAsUsual : []);
        var execution = queries.Count == 0 ? null : batch.ExecuteReaderAsync(ct);
        return ReadAsync;

        async Task ReadAsync()
        {
            await using var sent = batch;
            if (execution is null)
            {
                return;
            }

            await using var reader = await execution;
            foreach (var (_, read) in queries)
            {
                read(reader);
                await reader.NextResultAsync(ct);
            }
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
