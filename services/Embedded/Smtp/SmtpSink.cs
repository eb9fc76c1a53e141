using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace TagSegments.Embedded.Smtp;

/// <summary>An SMTP server on loopback that delivers nothing: it keeps the messages it accepts, and misbehaves as its script says.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly SmtpMailbox _mailbox;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<Socket, Task> _sessions = [];
    private readonly Task _accepting;

    private SmtpSink(SmtpSinkOptions options, TcpListener listener)
    {
        Options = options;
        _listener = listener;
        _mailbox = new SmtpMailbox(options);
        Script = options.Script;
        _accepting = AcceptAsync();
    }

    /// <summary>Raised for each message after it was kept and before it is acknowledged.</summary>
    public event Action<SmtpMessage>? Received;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The script; may be changed at any time.</summary>
    public Func<SmtpStep, SmtpReaction>? Script { get; set; }

    /// <summary>How many messages were accepted since the start.</summary>
    public long Accepted => _mailbox.Accepted;

    /// <summary>The kept messages in the order of acceptance.</summary>
    public IReadOnlyList<SmtpMessage> Messages => _mailbox.Snapshot();

    internal SmtpSinkOptions Options { get; }

    /// <summary>Starts to listen.</summary>
    public static SmtpSink Start(SmtpSinkOptions? options = null)
    {
        options ??= new SmtpSinkOptions();
        var listener = new TcpListener(IPAddress.Loopback, options.Port);
        try
        {
            listener.Start(512);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new EmbeddedServerException($"Port {options.Port} for the SMTP sink is taken. Stop what uses it or choose another port.", e);
        }

        return new SmtpSink(options, listener);
    }

    /// <summary>Waits until at least this number of messages was accepted since the start.</summary>
    public Task WaitForAsync(long accepted, TimeSpan timeout) => _mailbox.WaitAsync(() => Accepted >= accepted, timeout);

    /// <summary>Waits for a kept message, that may be there already.</summary>
    public async Task<SmtpMessage> WaitForAsync(Func<SmtpMessage, bool> wanted, TimeSpan timeout)
    {
        SmtpMessage? found = null;
        await _mailbox.WaitAsync(() => (found = Messages.FirstOrDefault(wanted)) is not null, timeout);
        return found!;
    }

    /// <summary>Forgets the kept messages; the count continues.</summary>
    public void Clear() => _mailbox.Clear();

    /// <summary>Stops to listen and cuts all connections, as a crash would.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] sessions;
        lock (_sessions)
        {
            foreach (var socket in _sessions.Keys)
            {
                socket.Close(0);
            }

            sessions = [.. _sessions.Values];
        }

        await Task.WhenAll(sessions);
        _mailbox.Dispose();
        _stop.Dispose();
    }

    internal SmtpReaction React(SmtpStep step) => Script?.Invoke(step) ?? SmtpReaction.Accept;

    internal void Keep(string sender, IReadOnlyList<string> recipients, ReadOnlyMemory<byte> data)
    {
        var message = _mailbox.Keep(sender, recipients, data);
        Received?.Invoke(message);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_sessions)
                {
                    // Registered before it can end, so that it cannot remove itself too early.
                    var isFull = _sessions.Count >= Options.MaxConnections;
                    _sessions[socket] = Task.Run(() => ServeAsync(socket, isFull));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or the client was gone before it was accepted.
            }
        }
    }

    private async Task ServeAsync(Socket socket, bool isFull)
    {
        try
        {
            await new SmtpSession(this, new SmtpConnection(socket)).RunAsync(isFull, _stop.Token);
        }
        catch (Exception e) when (
            e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException)
        {
            // The client has gone, or the sink stops.
        }
        finally
        {
            socket.Dispose();
            lock (_sessions)
            {
                _sessions.Remove(socket);
            }
        }
    }
}
