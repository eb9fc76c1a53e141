using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>
/// Reads a file row by row and writes it batch by batch, each when it is the account's turn, reading the next batch while the one before is written.
/// A dry run finds out what each batch would do instead.
/// </summary>
internal sealed class ImportRun(
    CsvTable table, ImportMode mode, ImportSummary summary, ImportCall call, AccountInfo account, BackgroundTurns turns)
{
    private const int BatchRows = 5_000;
    // While calls of others must not be held up.
    private const int FewRows = 250;
    // A row can have 4 MiB.
    private const int BatchCharacters = 8 * 1024 * 1024;
    private readonly List<ImportRowError> _errors = [];
    private Task _writing = Task.CompletedTask;

    /// <summary>Imports every row into <paramref name="target"/>.</summary>
    public async Task RunAsync<TDraft>(IRowTarget<TDraft> target)
        where TDraft : class
    {
        try
        {
            await ReadAsync(target);
        }
        finally
        {
            // What was begun ends before the call does.
            await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _writing;
    }

    private async Task ReadAsync<TDraft>(IRowTarget<TDraft> target)
        where TDraft : class
    {
        var (rows, characters) = (0L, 0L);
        var batch = new List<TDraft>();
        foreach (var row in table.Read())
        {
            call.Token.ThrowIfCancellationRequested();
            rows++;
            characters += row.Cells.Sum(cell => (long)cell.Length);
            if (Read(row, target) is { } draft)
            {
                batch.Add(draft);
            }

            if (batch.Count >= BatchRows || _errors.Count >= BatchRows || characters >= BatchCharacters)
            {
                await HandOverAsync(target, batch, rows);
                (batch, characters) = ([], 0);
            }
        }

        await HandOverAsync(target, batch, rows);
    }

    private TDraft? Read<TDraft>(CsvRow row, IRowTarget<TDraft> target)
        where TDraft : class
    {
        var report = new RowReport(row.Line, mode.DropsBadValues, _errors);
        if (row.Problem is not null)
        {
            report.Refuse("", row.Problem);
        }

        var draft = row.Problem is null ? target.Read(row, report) : null;
        summary.Failed += report.IsRefused ? 1 : 0;
        summary.RowsWithDroppedValues += !report.IsRefused && report.HasDropped ? 1 : 0;
        return draft;
    }

    private async Task WriteAsync<TDraft>(IRowTarget<TDraft> target, List<TDraft> batch)
        where TDraft : class
    {
        do
        {
            var piece = turns.GivesWay(account) && batch.Count > FewRows ? batch[..FewRows] : batch;
            batch = batch[piece.Count..];
            await turns.RunAsync(
                account,
                async () =>
                {
                    await (mode.DryRun ? target.TryAsync(piece, summary, call.Token) : target.WriteAsync(piece, summary, call.Token));
                    return true;
                },
                call.Token);
        }
        while (batch.Count > 0);
    }

    private async Task HandOverAsync<TDraft>(IRowTarget<TDraft> target, List<TDraft> batch, long rows)
        where TDraft : class
    {
        await _writing;
        _writing = Task.Run(() => WriteAsync(target, batch));
        foreach (var error in _errors)
        {
            await call.AnswerAsync(new ImportResponse { RowError = error });
        }

        _errors.Clear();
        await call.AnswerAsync(new ImportResponse { Progress = new() { Rows = rows - batch.Count, TotalRows = summary.Rows } });
    }
}

/// <summary>How an import treats rows.</summary>
/// <param name="DryRun">True if nothing is written.</param>
/// <param name="DropsBadValues">True if a value that cannot be read does not refuse its row.</param>
internal readonly record struct ImportMode(bool DryRun, bool DropsBadValues);
