using Dapper;
using Npgsql;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Ledger;
using TagSegments.Campaigns.Schema;

namespace TagSegments.Campaigns.Journal;

/// <summary>
/// Detects that the database is older than the one this machine has sent from: restored from a backup, or another server that lacks the end.
/// Messages sent since are not in it and would be sent again, so everything is held until somebody decides. The database has a mark that
/// changes while there is something to send; the machine keeps a copy of it beside the journals.
/// </summary>
internal sealed class RestoreDetector(WorkDatabase database, DeliveryOptions options, ILogger<RestoreDetector> logger)
{
    private const string FileName = "mark";
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private long _checkedAt;
    private bool _sends;

    /// <summary>Holds everything if the database is not the earlier one; checks at most once a second.</summary>
    public async Task CheckAsync(bool sends, CancellationToken ct)
    {
        const string sql = "SELECT installation_id FROM campaigns.installation";
        _sends |= sends;
        if (options.JournalFolder.Length == 0 || (_checkedAt != 0 && TimeProvider.System.GetElapsedTime(_checkedAt) < s_interval))
        {
            return;
        }

        await using var connection = await database.OpenAsync(ct);
        var installation = await connection.ExecuteScalarAsync<Guid>(new CommandDefinition(sql, cancellationToken: ct));
        if (TryOpen(Path.Combine(options.JournalFolder, installation.ToString())) is { } file)
        {
            await using (file)
            {
                await CheckAsync(connection, file, ct);
                _sends = false;
            }
        }

        _checkedAt = TimeProvider.System.GetTimestamp();
    }

    // The file names the machine, the mark that the database has, and the next mark: a process that dies between two writes leaves a database with
    // one of them.
    private async Task CheckAsync(NpgsqlConnection connection, FileStream file, CancellationToken ct)
    {
        var known = new byte[48];
        var isNew = await file.ReadAtLeastAsync(known, known.Length, throwOnEndOfStream: false, ct) < known.Length;
        var (machine, last, next) = isNew
            ? (Guid.NewGuid(), Guid.Empty, Guid.Empty)
            : (new Guid(known.AsSpan(0, 16)), new Guid(known.AsSpan(16, 16)), new Guid(known.AsSpan(32, 16)));
        var mark = await ReadMarkAsync(connection, machine, ct);
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
            await HoldAsync(tx, ct);
            logger.DatabaseRestored();
        }

        await WriteMarkAsync(tx, machine, next, ct);
        await tx.CommitAsync(ct);
        await WriteAsync(file, machine, next, next, ct);
    }

    private static async Task<Guid> ReadMarkAsync(NpgsqlConnection connection, Guid machine, CancellationToken ct)
    {
        const string sql = "SELECT mark FROM campaigns.send_mark WHERE machine = @machine";
        return await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition(sql, new { machine }, cancellationToken: ct)) ?? Guid.Empty;
    }

    private static Task WriteMarkAsync(NpgsqlTransaction tx, Guid machine, Guid next, CancellationToken ct)
    {
        const string sql =
            """
            INSERT INTO campaigns.send_mark (machine, mark)
            VALUES (@machine, @next)
            ON CONFLICT (machine) DO UPDATE SET mark = EXCLUDED.mark, changed_at = now()
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, new { machine, next }, tx, cancellationToken: ct));
    }

    // It is unknown which single messages were sent.
    private static Task HoldAsync(NpgsqlTransaction tx, CancellationToken ct)
    {
        const string sql =
            $"""
            UPDATE campaigns.campaign
            SET state = {CampaignStates.Paused}, version = version + 1, lease_until = NULL, updated_at = now(),
                problem = 'The database was restored from a backup: messages sent after the backup are not in the ledger. Resume to send to the waiting recipients, or cancel.'
            WHERE state IN {CampaignStates.Active};
            WITH b AS (
                DELETE FROM campaigns.batch
                WHERE single
                RETURNING *
            )
            UPDATE campaigns.recipient r
            SET state = {RecipientStates.Unknown}, reason = {RecipientReasons.NoAnswer}, detail = 'The database was restored from a backup.',
                updated_at = now()
            FROM b
            WHERE {BatchStore.Members} AND r.state IN {RecipientStates.Unfinished}
            """;
        return tx.Connection!.ExecuteAsync(new CommandDefinition(sql, transaction: tx, commandTimeout: 0, cancellationToken: ct));
    }

    private static async Task WriteAsync(FileStream file, Guid machine, Guid last, Guid next, CancellationToken ct)
    {
        file.Position = 0;
        byte[] bytes = [.. machine.ToByteArray(), .. last.ToByteArray(), .. next.ToByteArray()];
        await file.WriteAsync(bytes, ct);
        file.Flush(flushToDisk: true);
    }

    // Another process of the machine may be checking: then this one need not.
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
}
