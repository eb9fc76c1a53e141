using System.Net.Sockets;

namespace TagSegments.Campaigns.Delivery.FastPath;

/// <summary>
/// The socket below the mail library. A socket that the library makes has a timer, two sources of cancellation and a task for every read and
/// write, which costs more than the conversation; this one has a timer, and sets it only if it has to wait.
/// </summary>
internal sealed class MailSocket : NetworkStream
{
    private readonly CancellationTokenSource _broken = new();
    private readonly TimeSpan _patience;

    private MailSocket(Socket socket, TimeSpan patience)
        : base(socket, ownsSocket: true)
    {
        _patience = patience;
    }

    /// <summary>Connects. No read, no write and not the connection itself takes longer than <paramref name="patience"/>.</summary>
    public static async Task<MailSocket> ConnectAsync(string host, int port, TimeSpan patience, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(patience);
        try
        {
            await socket.ConnectAsync(host, port, timeout.Token);
            return new MailSocket(socket, patience);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !ct.IsCancellationRequested)
            {
                throw new TimeoutException($"There was no connection within {patience}.", e);
            }

            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = base.ReadAsync(buffer.AsMemory(offset, count), _broken.Token);
        return read.IsCompletedSuccessfully ? Task.FromResult(read.Result) : WithinPatienceAsync(read, cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = base.ReadAsync(buffer, _broken.Token);
        return read.IsCompletedSuccessfully ? read : new(WithinPatienceAsync(read, cancellationToken));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = base.WriteAsync(buffer, _broken.Token);
        return write.IsCompletedSuccessfully ? write : new(WithinPatienceAsync(Counted(write), cancellationToken));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _broken.Dispose();
        }
    }

    private static async ValueTask<int> Counted(ValueTask write)
    {
        await write;
        return 0;
    }

    // A timeout ends the connection: the rest of this conversation would be taken for the next one.
    private async Task<int> WithinPatienceAsync(ValueTask<int> transfer, CancellationToken ct)
    {
        using var giveUp = ct.UnsafeRegister(static broken => ((CancellationTokenSource)broken!).Cancel(), _broken);
        _broken.CancelAfter(_patience);
        try
        {
            return await transfer.ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            ct.ThrowIfCancellationRequested();
            throw new TimeoutException($"The mail server did not answer within {_patience}.", e);
        }
        finally
        {
            _broken.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
