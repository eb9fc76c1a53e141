using Dapper;
using Npgsql;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Journal;

/// <summary>
/// The journals of the senders on this machine, in a folder for each installation. This process writes one; those of ended processes are copied
/// into the ledger.
/// </summary>
internal sealed class Journals(
    WorkDatabase database, BatchStore batches, LedgerWriter writer, DeliveryOptions options, ILogger<Journals> logger)
    : PollingService(TimeSpan.FromSeconds(5), logger)
{
    private readonly SemaphoreSlim _replays = new(1);

    /// <summary>Opens the journal of this process; null if it cannot have one, and then each message departs alone.</summary>
    public async Task<JournalFile?> OpenAsync(CancellationToken ct)
    {
        try
        {
            return options.JournalFolder.Length == 0
                ? null
                : JournalFile.Create(await FolderAsync(ct), options.Connections + options.SmsConnections);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NoJournal(e, options.JournalFolder);
            return null;
        }
    }

    /// <summary>Copies the journals of ended processes into the ledger, one caller after the other; returns their number.</summary>
    public async Task<int> ReplayAsync(CancellationToken ct)
    {
        await _replays.WaitAsync(ct);
        try
        {
            return await ReplayAllAsync(ct);
        }
        finally
        {
            _replays.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _replays.Dispose();
        base.Dispose();
    }

    private async Task<int> ReplayAllAsync(CancellationToken ct)
    {
        var folder = options.JournalFolder.Length == 0 ? "" : await FolderAsync(ct);
        var replayed = 0;
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, $"*{JournalFile.Suffix}") : [])
        {
            if (TryTake(path) is { } file)
            {
                await using (file)
                {
                    await ReplayAsync(file, ct);
                    File.Delete(path);
                }

                replayed++;
            }
        }

        return replayed;
    }

    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        await ReplayAsync(ct);
        return false;
    }

    private async Task<string> FolderAsync(CancellationToken ct)
    {
        const string sql = "SELECT installation_id FROM campaigns.installation";
        await using var connection = await database.OpenAsync(ct);
        var installation = await connection.ExecuteScalarAsync<Guid>(new CommandDefinition(sql, cancellationToken: ct));
        return Path.Combine(options.JournalFolder, installation.ToString());
    }

    // As long as its process lives, no other process can open a journal.
    private static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task ReplayAsync(FileStream file, CancellationToken ct)
    {
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, ct);
        var outcomes = JournalFormat.Read(bytes);
        await writer.WriteAsync(outcomes, [], ct);
        if (Guid.TryParse(Path.GetFileNameWithoutExtension(file.Name), out var holder))
        {
            await batches.EndLeasesAsync(holder, ct);
        }

        logger.JournalReplayed(outcomes.Count);
    }
}
