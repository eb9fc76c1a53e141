using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TagSegments.Campaigns.Tests.Senders;

/// <summary>A name server on a port of its own that knows the TXT records that a test tells it.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private const byte ServerFailure = 2;
    private const byte NoSuchName = 3;
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentDictionary<string, string[]> _texts = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private NameServer() => _serving = ServeAsync();

    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    /// <summary>Whether it says nothing at all.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether it says that it cannot answer.</summary>
    public bool Fails { get; set; }

    public static NameServer Start() => new();

    /// <summary>Sets the TXT records of a name; none removes the name.</summary>
    public void Publish(string name, params string[] texts)
    {
        if (texts.Length == 0)
        {
            _texts.TryRemove(name, out _);
        }
        else
        {
            _texts[name] = texts;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync(_stop.Token);
                if (!IsSilent)
                {
                    await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    // RFC 1035, section 4: the header, the question as it came, and a record for each text.
    private byte[] Answer(byte[] query)
    {
        var (name, end) = ReadName(query);
        var texts = Fails ? [] : _texts.GetValueOrDefault(name, []);
        var code = Fails ? ServerFailure : texts.Length == 0 ? NoSuchName : (byte)0;
        List<byte> answer = [.. query.AsSpan(0, 2), 0x81, (byte)(0x80 | code), 0, 1, 0, (byte)texts.Length, 0, 0, 0, 0, .. query.AsSpan(HeaderLength, end - HeaderLength)];
        foreach (var text in texts.Select(Encoding.ASCII.GetBytes))
        {
            var length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(text.Length + 1));
            answer.AddRange([0xC0, HeaderLength, 0, 16, 0, 1, 0, 0, 0, 60, .. length, (byte)text.Length, .. text]);
        }

        return [.. answer];
    }

    private static (string Name, int End) ReadName(byte[] query)
    {
        var labels = new List<string>();
        var at = HeaderLength;
        for (; query[at] != 0; at += query[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        return (string.Join('.', labels), at + 5);
    }
}
