using System.Text;
using Crm.Contacts.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Finding 14: an import kept a second processor busy with reading ahead, also while calls of other accounts were late.</summary>
public sealed class Finding14ReadingTests : ISharedDatabase, IServerStreamWriter<ImportResponse>, IDisposable
{
    private const int Rows = 6_000;
    private static readonly AccountInfo s_account = new(1, "account-1", "UTC", 1);
    private readonly RecentCallers _callers = new(TimeProvider.System);
    private readonly BackgroundPace _pace;
    private readonly FileOfRows _file;
    private bool _isLate;
    private int _measured;

    public Finding14ReadingTests()
    {
        _pace = new(_callers, this, TimeProvider.System);
        // Another account calls all the time.
        _file = new(() => _callers.Note(2)) { Headers = ["id"] };
    }

    public WriteOptions? WriteOptions { get; set; }

    Task IAsyncStreamWriter<ImportResponse>.WriteAsync(ImportResponse message) => Task.CompletedTask;

    Task IAsyncStreamWriter<ImportResponse>.WriteAsync(ImportResponse message, CancellationToken cancellationToken) => Task.CompletedTask;

    // The first one is the yardstick.
    public Task<TimeSpan> MeasureAsync(CancellationToken ct) =>
        Task.FromResult(TimeSpan.FromMilliseconds(Interlocked.Increment(ref _measured) > 1 && _isLate ? 20 : 0.1));

    public Task<IAsyncDisposable> EnterAsync(TimeSpan patience, CancellationToken ct) => Task.FromResult<IAsyncDisposable>(new Slot());

    public void Dispose() => _pace.Dispose();

    [Fact]
    public async Task While_calls_of_others_are_late_it_reads_no_more_than_it_writes()
    {
        await BeLateAsync();

        var writes = await ImportAsync();

        Assert.All(writes, write => Assert.InRange(write.Count, 0, 250));
        Assert.All(writes, write => Assert.Equal(write.WrittenBefore + write.Count, write.Read));
    }

    [Fact]
    public async Task While_nobody_waits_it_writes_much_at_once()
    {
        var writes = await ImportAsync();

        Assert.Equal([5_000, 1_000], writes.Select(write => write.Count));
    }

    private Task BeLateAsync()
    {
        _isLate = true;
        return Eventually.ReadAsync(
            async () =>
            {
                _callers.Note(2);
                await _pace.RunAsync(s_account.Id, () => Task.FromResult(0), default);
                return _pace.GivesWay(s_account.Id);
            },
            givesWay => givesWay);
    }

    private async Task<List<Write>> ImportAsync()
    {
        using var call = new ImportCall(null!, this, new ImportLimits(), default);
        var target = new Target(_file);
        var turns = new BackgroundTurns(new FairQueue(2, 1, TimeProvider.System), _pace);
        var mode = new ImportMode(DryRun: false, DropsBadValues: false, AllOrNothing: false, []);
        await new ImportRun(_file, mode, new ImportSummary(), call, s_account, turns).RunAsync(target);
        Assert.Equal(Rows, target.Writes.Sum(write => write.Count));
        return target.Writes;
    }

    private sealed class Slot : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed record Write(int Count, int WrittenBefore, int Read);

    private sealed class FileOfRows(Action onRow) : RowTable(Encoding.UTF8)
    {
        private int _read;

        public int RowsRead => Volatile.Read(ref _read);

        public override IEnumerable<CsvRow> Read()
        {
            for (var i = 1; i <= Rows; i++)
            {
                onRow();
                Interlocked.Increment(ref _read);
                yield return new CsvRow(i, i, [$"{i}"], null);
            }
        }
    }

    private sealed class Target(FileOfRows file) : IRowTarget<CsvRow>
    {
        public List<Write> Writes { get; } = [];

        public CsvRow? Read(CsvRow row, RowReport report) => row;

        public Task WriteAsync(IReadOnlyList<CsvRow> batch, ImportSummary summary, CancellationToken ct)
        {
            Writes.Add(new(batch.Count, Writes.Sum(write => write.Count), file.RowsRead));
            return Task.CompletedTask;
        }

        public Task TryAsync(IReadOnlyList<CsvRow> batch, ImportSummary summary, CancellationToken ct) => throw new InvalidOperationException();
    }
}
