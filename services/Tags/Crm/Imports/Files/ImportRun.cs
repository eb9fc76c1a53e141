using Crm.Contacts.V1;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>
/// Reads a file row by row and writes it batch by batch, each when it is the account's turn, reading the next batch while the one before is written.
/// A dry run finds out what each batch would do instead.
/// </summary>
internal sealed class ImportRun(
    RowTable table, ImportMode mode, ImportSummary summary, ImportCall call, AccountInfo account, BackgroundTurns turns)
{
    private const int BatchRows = 5_000;
    // While calls of others must not be held up.
    private const int FewRows = 250;
    private const int MaxRowsAtOnce = 100_000;
    private const int MaxCharactersAtOnce = 64_000_000;
    // A row can have 4 MiB.
    private const int BatchCharacters = 8 * 1024 * 1024;
    private List<ImportRowError> _errors = [];
    // Of the batch under way. They are reported with its end: a batch that others have overtaken may be read once more.
    private List<ImportRowError> _held = [];
    private Task _writing = Task.CompletedTask;
    private Task _looking = Task.CompletedTask;

    /// <summary>Imports every row into <paramref name="target"/>.</summary>
    public async Task RunAsync<TDraft>(IRowTarget<TDraft> target)
        where TDraft : class
    {
        CheckConstants(target);
        CheckSize(0);
        try
        {
            await ReadAsync(target);
        }
        finally
        {
            // What was begun ends before the call does.
            await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _writing;
        await ReportAsync(_held);
    }

    private async Task ReadAsync<TDraft>(IRowTarget<TDraft> target)
        where TDraft : class
    {
        var (rows, characters) = (0L, 0L);
        List<TDraft> batch = [], before = [];
        foreach (var row in table.Read())
        {
            call.Token.ThrowIfCancellationRequested();
            rows++;
            characters += row.Cells.Sum(cell => (long)cell.Length);
            if (Read(row, target) is { } draft)
            {
                batch.Add(draft);
            }

            if (mode.AllOrNothing)
            {
                CheckSize(characters);
                batch = summary.Failed > 0 ? [] : batch;
                await ReportAsync(_errors.Count >= BatchRows ? _errors : []);
            }
            else if (IsFull(batch.Count) || _errors.Count >= BatchRows || characters >= BatchCharacters)
            {
                await HandOverAsync(target, batch, before, rows);
                (batch, before, characters) = ([], batch, 0);
            }
        }

        await HandOverAsync(target, batch, before, rows);
    }

    // Reading takes a processor, too: while calls of others must not be held up, it goes in steps as small as writing. Asking takes a lock.
    private bool IsFull(int rows) => rows >= BatchRows || (rows > 0 && rows % FewRows == 0 && turns.GivesWay(account));

    // A row of nothing else shows what is wrong with them, before every row is bad.
    private void CheckConstants<TDraft>(IRowTarget<TDraft> target)
        where TDraft : class
    {
        var errors = new List<ImportRowError>();
        target.Read(new CsvRow(0, 0, [.. table.Headers.Select(_ => "")], null), new RowReport(0, false, errors));
        var checks = new FieldChecks();
        foreach (var error in errors.Where(error => mode.Constants.Contains(error.Column)))
        {
            checks.Require(false, $"options.constants[\"{error.Column}\"]", error.Message);
        }

        checks.ThrowIfAny();
    }

    private void CheckSize(long characters)
    {
        if (mode.AllOrNothing && (summary.Rows > MaxRowsAtOnce || characters > MaxCharactersAtOnce))
        {
            throw RpcErrors.InvalidField(
                "options.all_or_nothing", $"is for files of at most {MaxRowsAtOnce} rows and {MaxCharactersAtOnce} characters; import it in parts, or try it with dry_run first");
        }
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
            var piece = !mode.AllOrNothing && turns.GivesWay(account) && batch.Count > FewRows ? batch[..FewRows] : batch;
            batch = batch[piece.Count..];
            await turns.RunAsync(
                account,
                async () =>
                {
                    using var span = Spans.Inside("tags.import", account.Id)?.SetTag("tags.rows", piece.Count);
                    await (mode.DryRun ? target.TryAsync(piece, summary, call.Token) : target.WriteAsync(piece, summary, call.Token));
                    return true;
                },
                call.Token);
        }
        while (batch.Count > 0);
    }

    private async Task ReportAsync(List<ImportRowError> errors)
    {
        foreach (var error in errors)
        {
            await call.AnswerAsync(new ImportResponse { RowError = error });
        }

        errors.Clear();
    }

    private async Task HandOverAsync<TDraft>(IRowTarget<TDraft> target, List<TDraft> batch, List<TDraft> before, long rows)
        where TDraft : class
    {
        if (!turns.GivesWay(account))
        {
            _looking = target.LookAheadAsync(batch, before, call.Token);
        }

        await _writing;
        await ReportAsync(_held);
        (_held, _errors) = (_errors, []);
        _writing = Task.Run(() => WriteAsync(target, batch));
        if (turns.GivesWay(account))
        {
            // It does not read meanwhile.
            await _writing;
        }

        await call.AnswerAsync(new ImportResponse { Progress = new() { Rows = rows - batch.Count, TotalRows = summary.Rows } });
    }
}

/// <summary>How an import treats rows.</summary>
/// <param name="DryRun">True if nothing is written.</param>
/// <param name="DropsBadValues">True if a value that cannot be read does not refuse its row.</param>
/// <param name="AllOrNothing">True if a bad row keeps all others from being imported.</param>
/// <param name="Constants">The names of the columns that the options add.</param>
internal sealed record ImportMode(bool DryRun, bool DropsBadValues, bool AllOrNothing, IReadOnlyCollection<string> Constants);
