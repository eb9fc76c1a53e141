using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TagSegments.Embedded.Smtp;

/// <summary>Reads the lines and bodies of one client and writes the replies.</summary>
internal sealed class SmtpConnection
{
    private const int MaxLine = 4096;

    private readonly Socket _socket;
    private PipeReader _input;
    private PipeWriter _output;

    public SmtpConnection(Socket socket)
    {
        socket.NoDelay = true;
        _socket = socket;
        (_input, _output) = Pipes(new NetworkStream(socket));
    }

    /// <summary>Whether the conversation is encrypted.</summary>
    public bool IsSecure { get; private set; }

    /// <summary>Switches to encryption. Input received earlier but not yet read is discarded, so nobody can inject commands before it.</summary>
    public async Task SecureAsync(X509Certificate2 certificate, CancellationToken ct)
    {
        await FlushAsync(ct);
        var secure = new SslStream(new NetworkStream(_socket));
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, ct);
        (_input, _output) = Pipes(secure);
        IsSecure = true;
    }

    private static (PipeReader, PipeWriter) Pipes(Stream stream) =>
        (PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024)), PipeWriter.Create(stream));

    /// <summary>Writes a reply, which is sent at the next flush.</summary>
    public void Reply(string text) => Encoding.ASCII.GetBytes(text + "\r\n", _output);

    public async Task FlushAsync(CancellationToken ct) => await _output.FlushAsync(ct);

    /// <summary>Ends the conversation as a crash would: without lingering, so the client sees a reset.</summary>
    public void Cut()
    {
        _socket.Close(0);
        throw new IOException("The connection was cut by the script.");
    }

    /// <summary>Reads a command; null if the client has disconnected or sends an endless line.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken ct)
    {
        while (true)
        {
            if (!_input.TryRead(out var read))
            {
                // Replies are sent together once no command of a pipelined group is waiting.
                await FlushAsync(ct);
                read = await _input.ReadAsync(ct);
            }

            if (TakeLine(read.Buffer, out var line))
            {
                return line;
            }

            if (read.IsCompleted || read.Buffer.Length > MaxLine)
            {
                Reply("500 Line too long");
                return null;
            }
        }
    }

    /// <summary>Reads the part of a message's body that has arrived.</summary>
    public async Task ReadBodyAsync(SmtpBody body, CancellationToken ct)
    {
        var read = await _input.ReadAsync(ct);
        _input.AdvanceTo(body.Append(read.Buffer));
        if (read.IsCompleted && !body.IsComplete)
        {
            throw new IOException("The client disconnected in the middle of a message.");
        }
    }

    private bool TakeLine(ReadOnlySequence<byte> buffer, out string line)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (reader.TryReadTo(out ReadOnlySequence<byte> bytes, (byte)'\n'))
        {
            line = Encoding.UTF8.GetString(bytes).TrimEnd('\r');
            _input.AdvanceTo(reader.Position);
            return true;
        }

        line = "";
        _input.AdvanceTo(buffer.Start, buffer.End);
        return false;
    }
}
