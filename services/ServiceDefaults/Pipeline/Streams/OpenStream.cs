using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline.Streams;

/// <summary>
/// One stream from its start until the last byte has left: what it takes of the quota, and when it has to end. It ends by itself when a message
/// waits too long for the other side, and when it is too old.
/// </summary>
internal sealed class OpenStream : IAsyncDisposable
{
    // HTTP/2's ENHANCE_YOUR_CALM, which gRPC reads as RESOURCE_EXHAUSTED.
    private const int EnhanceYourCalm = 0xB;

    private readonly ServerCallContext _call;
    private readonly StreamQuota _quota;
    private readonly StreamCaller _caller;
    private readonly ApiKeyCheck? _key;
    private readonly TokenLife? _token;
    private readonly TimeProvider _time;
    private readonly StreamOptions _options;
    private readonly CancellationTokenSource _end;
    private readonly ITimer _idle;
    private readonly ITimer _age;
    private readonly Action _close;
    private string _account = "";
    private ClosedAccounts? _closed;
    private Action? _leaveAccount;
    private Action? _forget;
    private Func<RpcException>? _limit;
    private bool _isReaderAwaited;
    private bool _isBroken;

    private OpenStream(ServerCallContext call, StreamCaller caller, StreamQuota quota, StreamOptions options, TimeProvider time)
    {
        (_call, _caller, _quota, _options, _time) = (call, caller, quota, options, time);
        _key = call.GetHttpContext().Features.Get<ApiKeyCheck>();
        _token = call.GetHttpContext().Features.Get<TokenLife>();
        _close = quota.Open(caller);
        _end = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken);
        _idle = time.CreateTimer(_ => EndIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var age = TimeSpan.FromSeconds(options.MaxAgeSeconds * (1 - (Random.Shared.NextDouble() / 10)));
        _age = time.CreateTimer(_ => End(Expired), null, age, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the stream has to end because of a limit of streams.</summary>
    public bool IsAtLimit => _limit is not null;

    /// <summary>Whether the connection broke while a message was read or written.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Opens a stream, or throws RESOURCE_EXHAUSTED.</summary>
    public static OpenStream Open(ServerCallContext call, StreamCaller caller, StreamQuota quota, StreamOptions options, TimeProvider time)
    {
        var stream = new OpenStream(call, caller, quota, options, time);
        call.GetHttpContext().Response.RegisterForDisposeAsync(stream);
        return stream;
    }

    /// <summary>Runs the handler of the call and ends it when a limit is reached.</summary>
    public async Task RunAsync(Func<ServerCallContext, Task> handler)
    {
        try
        {
            await handler(new StreamCall(_call, this, _end.Token));
        }
        catch (Exception) when (_limit is not null)
        {
            // Whatever the handler made of its cancellation: the limit is the reason.
        }
        catch (InvalidOperationException) when (_call.HasEnded())
        {
            // The call ended while a message was written.
            throw new OperationCanceledException(_call.CancellationToken);
        }
        finally
        {
            // What is written may still wait for its reader.
            Await(reader: true);
        }

        if (_limit is { } limit)
        {
            throw limit();
        }
    }

    /// <summary>Counts the stream for its account, or throws RESOURCE_EXHAUSTED.</summary>
    public void Admit(AccountInfo account, ClosedAccounts closed)
    {
        (_account, _closed) = (account.Name, closed);
        _leaveAccount = _quota.Admit(_caller, account);
    }

    /// <summary>Counts memory that the handler keeps until the stream ends, or throws RESOURCE_EXHAUSTED.</summary>
    public void Keep(long bytes) => _forget += _quota.Hold(_caller, _account, bytes);

    /// <summary>Hands a message over to its reader.</summary>
    public async Task WriteAsync<T>(IServerStreamWriter<T> responses, T message)
    {
        await RequireCallerAsync();
        var release = _quota.Hold(_caller, _account, message is IMessage measured ? measured.CalculateSize() : 0);
        try
        {
            Await(reader: true);
            // Not cancelled by the end of the stream: that would abort the call before its status is sent.
            await responses.WriteAsync(message);
        }
        catch (IOException e)
        {
            throw Broken(e);
        }
        finally
        {
            AwaitNobody();
            release();
        }
    }

    /// <summary>Receives the next message.</summary>
    public async Task<bool> ReadAsync<T>(IAsyncStreamReader<T> requests, CancellationToken ct)
    {
        try
        {
            Await(reader: false);
            var moved = await requests.MoveNext(ct);
            await RequireCallerAsync();
            return moved;
        }
        catch (IOException e)
        {
            throw Broken(e);
        }
        finally
        {
            AwaitNobody();
        }
    }

    /// <summary>Gives back what the stream has taken.</summary>
    public async ValueTask DisposeAsync()
    {
        await _age.DisposeAsync();
        await _idle.DisposeAsync();
        _end.Dispose();
        _forget?.Invoke();
        _leaveAccount?.Invoke();
        _close();
    }

    // A service ends its streams by itself. A key is looked up again every few seconds.
    private async ValueTask RequireCallerAsync()
    {
        if (!_caller.IsService && _closed?.Refusal(_account) is { } refusal)
        {
            throw refusal;
        }

        _token?.Require(_time);
        if (_key is not null)
        {
            await _key.RequireAsync(_end.Token);
        }
    }

    // The connection tells of its end first, and cancels the call a moment later. What the handler itself reads or writes is not meant.
    private RpcException Broken(IOException failure)
    {
        _isBroken = true;
        return RpcErrors.Create(StatusCode.Cancelled, ErrorReason.CallCancelled, $"The connection of the caller broke: {failure.Message}");
    }

    private void Await(bool reader)
    {
        _isReaderAwaited = reader;
        _idle.Change(TimeSpan.FromSeconds(_options.IdleSeconds), Timeout.InfiniteTimeSpan);
    }

    private void AwaitNobody() => _idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void EndIdle()
    {
        // The end wakes the handler of a stalled upload: from then on, the status waits for its reader.
        var isUnread = _isReaderAwaited;
        End(Idle);
        if (isUnread)
        {
            // A status would wait behind what is not read.
            _call.GetHttpContext().Features.Get<IHttpResetFeature>()?.Reset(EnhanceYourCalm);
        }
    }

    private void End(Func<RpcException> limit)
    {
        if (Interlocked.CompareExchange(ref _limit, limit, null) is null)
        {
            try
            {
                _end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }
    }

    private RpcException Idle() => RpcErrors.QuotaExceeded(
        "stream_idle_seconds", _options.IdleSeconds, $"Nothing was read or sent for {_options.IdleSeconds} seconds.", TimeSpan.FromSeconds(1));

    private RpcException Expired() => RpcErrors.Create(
        StatusCode.Unavailable,
        ErrorReason.StreamExpired,
        $"A stream lasts at most {_options.MaxAgeSeconds} seconds. Open another one, where possible from the last position.");
}
