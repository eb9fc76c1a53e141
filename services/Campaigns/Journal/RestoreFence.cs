using Dapper;
using Npgsql;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Journal;

/// <summary>
/// Notices that the database is an older one than this machine has sent from: restored from a backup, or another server that lacks the end. What
/// left since then is not in it and would leave again, so everything is held until somebody decides. The mark that tells is changed while there
/// is something to send; the machine keeps a copy of it beside the journals.
/// </summary>
internal sealed class RestoreFence(NpgsqlDataSource database, DeliveryOptions options, ILogger<RestoreFence> logger)
{
    private const string FileName = "mark";
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private long _passedAt;
    private bool _sends;

    /// <summary>Holds everything if the database is not the one of before; looks at most once a second.</summary>
    public async Task PassAsync(bool sends, CancellationToken ct)
    {
        _sends |= sends;
        if (options.JournalFolder.Length == 0 || (_passedAt != 0 && TimeProvider.System.GetElapsedTime(_passedAt) < s_interval))
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var folder = Path.Combine(options.JournalFolder, (await connection.ExecuteScalarAsync<Guid>(
            new CommandDefinition("SELECT installation_id FROM campaigns.installation", cancellationToken: ct))).ToString());
        if (TryOpen(folder) is { } file)
        {
            await using (file)
            {
                await PassAsync(connection, file, ct);
                _sends = false;
            }
        }

        _passedAt = TimeProvider.System.GetTimestamp();
    }

    // The file names the machine, the mark that the database has, and the one that it is about to get: a process that dies between two writes
    // leaves a database with one of them.
    private async Task PassAsync(NpgsqlConnection connection, FileStream file, CancellationToken ct)
    {
        var known = new byte[48];
        var isNew = await file.ReadAtLeastAsync(known, known.Length, throwOnEndOfStream: false, ct) < known.Length;
        var (machine, last, next) = isNew
            ? (Guid.NewGuid(), Guid.Empty, Guid.Empty)
            : (new Guid(known.AsSpan(0, 16)), new Guid(known.AsSpan(16, 16)), new Guid(known.AsSpan(32, 16)));
        var mark = await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition(
            "SELECT mark FROM campaigns.send_mark WHERE machine = @machine", new { machine }, cancellationToken: ct)) ?? Guid.Empty;
        var isRestored = !isNew && mark != last && mark != next;
        if (!isNew && !isRestored && !_sends)
        {
            return;
        }

        next = Guid.NewGuid();
        await WriteAsync(file, machine, mark, next, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (isRestored)
        {
            await connection.ExecuteAsync(new CommandDefinition(HoldSql, transaction: tx, commandTimeout: 0, cancellationToken: ct));
            logger.DatabaseRestored();
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO campaigns.send_mark (machine, mark) VALUES (@machine, @next)
            ON CONFLICT (machine) DO UPDATE SET mark = EXCLUDED.mark, changed_at = now()
            """,
            new { machine, next },
            tx,
            cancellationToken: ct));
        await tx.CommitAsync(ct);
        await WriteAsync(file, machine, next, next, ct);
    }

    private static async Task WriteAsync(FileStream file, Guid machine, Guid last, Guid next, CancellationToken ct)
    {
        file.Position = 0;
        byte[] bytes = [.. machine.ToByteArray(), .. last.ToByteArray(), .. next.ToByteArray()];
        await file.WriteAsync(bytes, ct);
        file.Flush(flushToDisk: true);
    }

    // Another process of the machine may be looking: then this one need not.
    private static FileStream? TryOpen(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Nobody can be asked about single messages: whether they left is unknown.
    private const string HoldSql =
        $"""
        UPDATE campaigns.campaign
        SET state = 5, version = version + 1, lease_until = NULL, updated_at = now(),
            problem = 'The database was restored from a backup: what was sent after it is not in the ledger. Resume to send to all who wait, or cancel.'
        WHERE state IN (2, 3, 4);
        WITH b AS (
            DELETE FROM campaigns.batch WHERE single RETURNING *
        )
        UPDATE campaigns.recipient r
        SET state = 8, reason = 14, detail = 'The database was restored from a backup.', updated_at = now()
        FROM b
        WHERE {Batches.Members} AND r.state IN (1, 3, 6)
        """;
}
