using Crm.Errors.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>Shares the disk for uploads between the imports of the process, and counts the imports of each account.</summary>
internal sealed class ImportSpool(ImportLimits limits)
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (int Imports, long Bytes)> _accounts = [];
    private long _bytes;

    /// <summary>The limits of imports.</summary>
    public ImportLimits Limits => limits;

    /// <summary>Begins an import; disposing of it gives back what it used. Throws RESOURCE_EXHAUSTED if the account has too many.</summary>
    public SpoolSpace Enter(AccountInfo account)
    {
        lock (_gate)
        {
            var (imports, bytes) = _accounts.GetValueOrDefault(account.Id);
            var most = account.Limits.ConcurrentImports;
            if (imports >= most)
            {
                throw RpcErrors.QuotaExceeded(
                    "concurrent_imports", most, $"The account has {most} imports under way already. Retry when one has ended.", s_retryAfter);
            }

            _accounts[account.Id] = (imports + 1, bytes);
            return new SpoolSpace(this, account.Id);
        }
    }

    /// <summary>Takes space for the next bytes of an account; throws RESOURCE_EXHAUSTED if there is none.</summary>
    internal void Take(int accountId, long bytes)
    {
        lock (_gate)
        {
            var (imports, own) = _accounts[accountId];
            if (own + bytes > limits.AccountBytes)
            {
                throw RpcErrors.QuotaExceeded(
                    "import_spool_bytes",
                    limits.AccountBytes,
                    $"The imports of the account that are under way hold {limits.AccountBytes} bytes already. Retry when one has ended.",
                    s_retryAfter);
            }

            if (_bytes + bytes > limits.Bytes)
            {
                throw RpcErrors.Create(
                    StatusCode.ResourceExhausted, ErrorReason.Overloaded, "The service has no room for more imports at the moment. Retry later.");
            }

            _accounts[accountId] = (imports, own + bytes);
            _bytes += bytes;
        }
    }

    /// <summary>Ends an import of an account, which had taken this space.</summary>
    internal void Leave(int accountId, long bytes)
    {
        lock (_gate)
        {
            var (imports, own) = _accounts[accountId];
            _bytes -= bytes;
            if (imports == 1)
            {
                _accounts.Remove(accountId);
            }
            else
            {
                _accounts[accountId] = (imports - 1, own - bytes);
            }
        }
    }
}

/// <summary>The space of one import.</summary>
internal sealed class SpoolSpace(ImportSpool spool, int accountId) : IDisposable
{
    /// <summary>The limits of imports.</summary>
    public ImportLimits Limits => spool.Limits;

    /// <summary>The bytes that the import has taken.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes space for the next part of the file. Throws INVALID_ARGUMENT if the file becomes too large.</summary>
    public void Take(int bytes)
    {
        if (Bytes + bytes > spool.Limits.FileBytes)
        {
            throw RpcErrors.InvalidField("data", $"the file is larger than {spool.Limits.FileBytes} bytes; import it in parts");
        }

        spool.Take(accountId, bytes);
        Bytes += bytes;
    }

    /// <inheritdoc/>
    public void Dispose() => spool.Leave(accountId, Bytes);
}
