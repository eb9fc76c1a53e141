using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>A connection that sends frames of HTTP/2 as it likes, which no library does.</summary>
internal sealed class RawHttp2 : IDisposable
{
    /// <summary>The kinds of frames by their numbers in RFC 9113.</summary>
    public const byte Headers = 1, Reset = 3, Settings = 4, Ping = 6, Continuation = 9;

    /// <summary>Ends the headers of a call.</summary>
    public const byte EndHeaders = 4;

    private readonly NetworkStream _stream;

    private RawHttp2(NetworkStream stream) => _stream = stream;

    /// <summary>Connects and says hello.</summary>
    public static async Task<RawHttp2> ConnectAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port);
        var connection = new RawHttp2(new NetworkStream(socket, ownsSocket: true));
        await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await connection.SendAsync(Settings, 0, 0, []);
        return connection;
    }

    /// <summary>The bytes of a frame.</summary>
    public static byte[] Frame(byte kind, byte flags, int stream, byte[] content)
    {
        var frame = new byte[9 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (content.Length << 8) | kind);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        content.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>The headers of a call, compressed by the static table of RFC 7541 alone.</summary>
    public static byte[] Call(string path) =>
        [0x83, 0x86, 0x04, .. Text(path), 0x01, .. Text("localhost"), 0x0F, 0x10, .. Text("application/grpc"), 0x00, .. Text("te"), .. Text("trailers")];

    /// <summary>Another header.</summary>
    public static byte[] Header(string name, string value) => [0x00, .. Text(name), .. Text(value)];

    public Task SendAsync(byte kind, byte flags, int stream, byte[] content) => SendAsync(Frame(kind, flags, stream, content));

    public async Task SendAsync(byte[] frames) => await _stream.WriteAsync(frames);

    /// <summary>Reads and throws away what the server sends, until it closes the connection.</summary>
    public async Task UntilClosedAsync(CancellationToken ct)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await _stream.ReadAsync(buffer, ct) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Closed without a farewell.
        }
    }

    public void Dispose() => _stream.Dispose();

    // Up to 126 bytes, as they are.
    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
