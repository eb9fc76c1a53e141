using System.Data;
using System.Globalization;
using Dapper;
using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>
/// One write transaction of one account. It collects what really changed and, as its last act, moves the account's clock and writes the
/// changes to the logs at the new position. If nothing changed, nothing is written: a clock that has not moved tells every index so.
/// READ COMMITTED, because writers at a stricter level would fail on the clock's row instead of waiting for it.
/// </summary>
internal sealed class AccountTransaction : IAsyncDisposable
{
    /// <summary>The tag whose holders are the living contacts.</summary>
    public const int LivingTag = 0;

    /// <summary>The class of the advisory locks on libraries; their second number is the account.</summary>
    public const int AdvisoryLockClass = 0x746167;

    private readonly ChangeLog _log = new();
    private readonly List<SizeLimit> _limits = [];
    private ClockPosition? _stamped;
    private bool _changesLibrary;

    private AccountTransaction(int accountId, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        AccountId = accountId;
        Connection = connection;
        Transaction = transaction;
    }

    /// <summary>The account that is written.</summary>
    public int AccountId { get; }

    /// <summary>True if anything has changed so far.</summary>
    public bool HasChanges => !_log.IsEmpty;

    /// <summary>The connection, inside the transaction.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The transaction for Dapper.</summary>
    public NpgsqlTransaction Transaction { get; }

    /// <summary>Begins a transaction; disposing it without a commit rolls it back.</summary>
    public static async Task<AccountTransaction> BeginAsync(AccountDatabase database, int accountId, CancellationToken ct)
    {
        var connection = await database.OpenAsync(accountId, ct);
        return new(accountId, connection, await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct));
    }

    /// <summary>Runs and commits <paramref name="work"/>, again and again while it loses against concurrent transactions.</summary>
    public static Task<T> RunAsync<T>(
        AccountDatabase database, int accountId, Func<AccountTransaction, Task<T>> work, CancellationToken ct) => TransactionRetry.RunAsync(
        async () =>
        {
            await using var transaction = await BeginAsync(database, accountId, ct);
            var result = await work(transaction);
            await transaction.CommitAsync(ct);
            return result;
        },
        ct);

    /// <summary>
    /// Waits until no other transaction puts tags on contacts, and keeps it so: for deletion, restoration and merging of tags, after which
    /// no late write may put a deleted tag on a contact. Call it before anything else in the transaction. Only single changes that find all
    /// their chunks (<c>OneChangeStatement</c>, <c>ManyChangesStatement</c>) take no such lock: the locks on the tag's chunks keep them off.
    /// </summary>
    public Task LockLibraryAsync(CancellationToken ct)
    {
        const string sql = "SELECT pg_advisory_xact_lock(@lockClass, @accountId)";
        _changesLibrary = true;
        return Connection.ExecuteAsync(
            new CommandDefinition(sql, new { lockClass = AdvisoryLockClass, accountId = AccountId }, Transaction, cancellationToken: ct));
    }

    /// <summary>Keeps tags from being deleted until the end of the transaction; before tags are created in it.</summary>
    public async Task ShareLibraryAsync(CancellationToken ct)
    {
        await using var batch = ShareLibrary(CreateBatch());
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Creates a batch of statements for one round trip in the transaction.</summary>
    public NpgsqlBatch CreateBatch()
    {
        var batch = Connection.CreateBatch();
        batch.Transaction = Transaction;
        return batch;
    }

    /// <summary>Adds the lock that adding tags to contacts needs first to a batch: no tag can be deleted meanwhile.</summary>
    public NpgsqlBatch ShareLibrary(NpgsqlBatch batch) => ShareLibrary(batch, AccountId);

    /// <summary>Runs a batch that is a transaction of its own.</summary>
    public static NpgsqlBatch ShareLibrary(NpgsqlBatch batch, int accountId) =>
        batch.Add("SELECT pg_advisory_xact_lock_shared($1, $2)", AdvisoryLockClass, accountId);

    /// <summary>Sets or clears a tag on contacts and returns those really changed. Throws NOT_FOUND if there is no such tag.</summary>
    public Task<TagChanges> SetBitsAsync(int tagId, IReadOnlyList<int> contactIds, bool on, ChangeCause cause, CancellationToken ct) =>
        SetBitsAsync(tagId, ChunkBits.Split(contactIds), on, cause, ct);

    /// <summary>Sets or clears a tag on the contacts of whole chunks and returns those really changed.</summary>
    public async Task<TagChanges> SetBitsAsync(
        int tagId, SortedDictionary<int, byte[]> chunks, bool on, ChangeCause cause, CancellationToken ct) =>
        chunks.Count == 0 ? new(new Dictionary<int, byte[]>()) : (await SetBitsAsync([(tagId, chunks)], on, cause, ct))[0];

    /// <summary>Sets or clears several tags in one round trip, each on contacts of its own; they come in the order of their numbers.</summary>
    public async Task<List<TagChanges>> SetBitsAsync(
        IReadOnlyList<(int TagId, SortedDictionary<int, byte[]> Chunks)> tags, bool on, ChangeCause cause, CancellationToken ct)
    {
        RequireUnstamped();
        var mustExist = tags.Any(tag => tag.TagId != LivingTag) && !_changesLibrary;
        var changes = (await ChunkWrites.SetAsync(this, tags, on, mustExist, ct)).ConvertAll(changed => new TagChanges(changed));
        foreach (var ((tagId, _), changed) in tags.Zip(changes))
        {
            foreach (var (chunk, bits) in changed.Chunks)
            {
                LogTag(tagId, on, chunk, bits, cause);
            }
        }

        return changes;
    }

    /// <summary>Notes a change of one contact's tag that the caller has made itself.</summary>
    public void LogTag(int tagId, bool on, int contactId, ChangeCause cause)
    {
        RequireUnstamped();
        _log.AddTag(tagId, on, contactId, cause);
    }

    /// <summary>Notes a change of a contact that the caller has made itself, with the values before it.</summary>
    public void LogContact(int contactId, ContactChangeKind kind, string? beforeJson, ChangeCause cause)
    {
        RequireUnstamped();
        _log.AddContact(contactId, kind, beforeJson, cause);
    }

    /// <summary>Notes a change of an opportunity that the caller has made itself, with the values before it; null for a creation.</summary>
    public void LogOpportunity(int opportunityId, string? beforeJson)
    {
        RequireUnstamped();
        _log.AddOpportunity(opportunityId, beforeJson);
    }

    /// <summary>
    /// Keeps a limit, of which the last act takes care: whoever adds to what is limited holds the account's clock then, or the clock of its library,
    /// until the commit. Transactions that add at the same time follow each other, and each sees what the one before it added.
    /// </summary>
    public void Limit(SizeLimit limit) => _limits.Add(limit);

    /// <summary>
    /// Moves the clock, writes the logs and returns the position of this transaction: for answers that must be stored with the transaction.
    /// Nothing can be changed afterwards. The clock stays locked until the commit, so that should be next.
    /// </summary>
    public async Task<ClockPosition> StampAsync(CancellationToken ct)
    {
        if (_stamped is { } stamped)
        {
            return stamped;
        }

        await using var batch = CreateBatch();
        return await StampAsync(batch, ct);
    }

    /// <summary>Runs the statements of a batch that return nothing and advances the clock in the same round trip.</summary>
    public async Task<ClockPosition> StampAsync(NpgsqlBatch batch, CancellationToken ct)
    {
        RequireUnstamped();
        if (_log.IsEmpty)
        {
            batch.Add("SELECT pos, nonce FROM crm.clock WHERE account_id = $1", AccountId);
        }
        else
        {
            _log.AddTo(batch, AccountId);
        }

        _limits.ForEach(limit => limit.AddTo(batch, AccountId));
        var reached = new List<SizeLimit>();
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            _stamped = await reader.ReadAsync(ct) ? new(reader.GetInt64(0), reader.GetGuid(1)) : new(0, Guid.Empty);
            foreach (var limit in _limits)
            {
                await reader.NextResultAsync(ct);
                reached.AddRange(await reader.ReadAsync(ct) && reader.GetBoolean(0) ? [limit] : []);
            }
        }

        foreach (var limit in reached)
        {
            await limit.RequireAsync(this, ct);
        }

        return _stamped.Value;
    }

    /// <summary>Takes note that a statement of the caller's own has written its changes and moved the clock.</summary>
    public void Adopt(ClockPosition position)
    {
        RequireUnstamped();
        _stamped = position;
    }

    /// <summary>Stamps the transaction unless that is done, and commits it.</summary>
    public async Task<ClockPosition> CommitAsync(CancellationToken ct)
    {
        var position = await StampAsync(ct);
        await Transaction.CommitAsync(ct);
        return position;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    // A change of one contact is logged by its number: that is what audit by contact looks for first.
    private void LogTag(int tagId, bool on, int chunk, byte[] bits, ChangeCause cause)
    {
        if (ChunkBits.Count(bits) == 1)
        {
            _log.AddTag(tagId, on, ChunkBits.Contacts(chunk, bits)[0], cause);
        }
        else
        {
            _log.AddTag(tagId, on, chunk, bits, cause);
        }
    }

    private void RequireUnstamped()
    {
        if (_stamped is not null)
        {
            throw new InvalidOperationException("The transaction has its position already; nothing can be changed after that.");
        }
    }
}
