using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TagSegments.WebConsole.Tests;

/// <summary>A line between a browser and the console that can be cut and mended.</summary>
public sealed class CutLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    private readonly Uri _console;
    private readonly Task _accepting;
    private volatile bool _isCut;

    public CutLine(Uri console)
    {
        _console = console;
        _listener.Start();
        Address = new($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>The address of the console behind the line.</summary>
    public Uri Address { get; }

    /// <summary>Cuts what is open, and lets nothing through until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var client in _open.Keys)
            client.Close();
    }

    /// <summary>Lets connections through again.</summary>
    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        Cut();
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The line was taken down.
        }
    }

    private async Task CarryAsync(TcpClient browser)
    {
        using (browser)
        {
            if (_isCut)
                return;

            using var console = new TcpClient();
            try
            {
                await console.ConnectAsync(IPAddress.Loopback, _console.Port);
                _open[browser] = 0;
                await Task.WhenAny(browser.GetStream().CopyToAsync(console.GetStream()), console.GetStream().CopyToAsync(browser.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // It was cut.
            }
            finally
            {
                _open.TryRemove(browser, out _);
            }
        }
    }
}
