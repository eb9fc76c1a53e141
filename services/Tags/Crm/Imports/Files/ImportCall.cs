using Crm.Contacts.V1;
using Grpc.Core;

namespace TagSegments.Tags.Crm.Imports.Files;

/// <summary>The two streams of an import. A client that is silent ends it, and so does the longest time that an import may take.</summary>
internal sealed class ImportCall : IDisposable
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);
    private readonly IAsyncStreamReader<ImportRequest> _requests;
    private readonly IServerStreamWriter<ImportResponse> _responses;
    private readonly ImportLimits _limits;
    private readonly CancellationToken _call;
    private readonly CancellationTokenSource _end;

    public ImportCall(
        IAsyncStreamReader<ImportRequest> requests, IServerStreamWriter<ImportResponse> responses, ImportLimits limits, CancellationToken call)
    {
        (_requests, _responses, _limits, _call) = (requests, responses, limits, call);
        _end = CancellationTokenSource.CreateLinkedTokenSource(call);
        _end.CancelAfter(TimeSpan.FromMinutes(limits.MaxMinutes));
    }

    /// <summary>Cancelled when the call ends or the import has taken too long.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>The request that was received last.</summary>
    public ImportRequest Current => _requests.Current;

    /// <summary>Runs the import; throws RESOURCE_EXHAUSTED if it takes too long.</summary>
    public async Task RunAsync(Func<Task> import)
    {
        try
        {
            await import();
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested && !_call.IsCancellationRequested)
        {
            throw RpcErrors.QuotaExceeded(
                "import_minutes",
                (long)Math.Ceiling(_limits.MaxMinutes),
                $"The import took longer than {_limits.MaxMinutes} minutes. The rows that were reported as handled are imported; import the rest in parts.",
                s_retryAfter);
        }
    }

    /// <summary>Receives the next request; false if there is none.</summary>
    public Task<bool> NextAsync() => WithinPatienceAsync(_requests.MoveNext(Token));

    /// <summary>Sends an answer.</summary>
    public Task AnswerAsync(ImportResponse response) => WithinPatienceAsync(SendAsync(response));

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();

    private async Task<bool> SendAsync(ImportResponse response)
    {
        await _responses.WriteAsync(response, Token);
        return true;
    }

    private async Task<T> WithinPatienceAsync<T>(Task<T> client)
    {
        try
        {
            return await client.WaitAsync(TimeSpan.FromSeconds(_limits.IdleSeconds), Token);
        }
        catch (TimeoutException)
        {
            throw RpcErrors.QuotaExceeded(
                "import_idle_seconds",
                (long)Math.Ceiling(_limits.IdleSeconds),
                $"The client neither sent nor read anything for {_limits.IdleSeconds} seconds.",
                s_retryAfter);
        }
    }
}
