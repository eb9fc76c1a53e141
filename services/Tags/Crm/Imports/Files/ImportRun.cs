using Crm.Contacts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>Reads a file row by row and writes it batch by batch, reading the next batch while the one before is written.</summary>
internal sealed class ImportRun(CsvTable table, ImportSummary summary, IServerStreamWriter<ImportResponse> responses)
{
    private const int BatchRows = 5_000;
    private readonly List<ImportRowError> _errors = [];
    private Task _writing = Task.CompletedTask;

    /// <summary>Imports every row into <paramref name="target"/>.</summary>
    public async Task RunAsync<TDraft>(IRowTarget<TDraft> target, CancellationToken ct)
        where TDraft : class
    {
        var rows = 0L;
        var batch = new List<TDraft>(BatchRows);
        foreach (var row in table.Read())
        {
            rows++;
            if (Read(row, target) is { } draft)
            {
                batch.Add(draft);
            }

            if (batch.Count == BatchRows || _errors.Count == BatchRows)
            {
                await HandOverAsync(target, batch, rows, ct);
                batch = new List<TDraft>(BatchRows);
            }
        }

        await HandOverAsync(target, batch, rows, ct);
        await _writing;
    }

    private TDraft? Read<TDraft>(CsvRow row, IRowTarget<TDraft> target)
        where TDraft : class
    {
        var before = _errors.Count;
        if (row.Problem is not null)
        {
            Report("", row.Problem);
        }

        var draft = row.Problem is null ? target.Read(row, Report) : null;
        summary.Failed += _errors.Count > before ? 1 : 0;
        return draft;

        void Report(string column, string message) => _errors.Add(new() { Line = row.Line, Column = column, Message = message });
    }

    private async Task HandOverAsync<TDraft>(IRowTarget<TDraft> target, List<TDraft> batch, long rows, CancellationToken ct)
        where TDraft : class
    {
        await _writing;
        _writing = Task.Run(() => target.WriteAsync(batch, summary, ct), ct);
        foreach (var error in _errors)
        {
            await responses.WriteAsync(new ImportResponse { RowError = error }, ct);
        }

        _errors.Clear();
        await responses.WriteAsync(new ImportResponse { Progress = new() { Rows = rows - batch.Count, TotalRows = summary.Rows } }, ct);
    }
}
