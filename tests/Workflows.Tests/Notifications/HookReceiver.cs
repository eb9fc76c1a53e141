using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TagSegments.Workflows.Tests.Notifications;

/// <summary>A program that receives webhook calls, on a free port of loopback.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly BlockingCollection<Delivery> _deliveries = [];
    private readonly Lock _lock = new();
    private int _atOnce;

    private HookReceiver(WebApplication app) => _app = app;

    public sealed record Delivery(string Id, string Signature, byte[] Body);

    /// <summary>Decides what to answer, by the number of the call; the default is 204.</summary>
    public Func<int, IResult> Answer { get; set; } = _ => Results.NoContent();

    public IReadOnlyList<Delivery> Deliveries => [.. _deliveries];

    public Uri Url => new($"{_app.Urls.First()}/hook");

    /// <summary>What a call waits for before it is answered.</summary>
    public Func<Task> Wait { get; set; } = () => Task.CompletedTask;

    /// <summary>How many calls there were at the same time at most.</summary>
    public int MostAtOnce { get; private set; }

    public static async Task<HookReceiver> StartAsync(string host = "127.0.0.1")
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var receiver = new HookReceiver(app);
        app.Urls.Add($"http://{host}:0");
        app.MapPost("/hook", receiver.ReceiveAsync);
        app.MapPost("/slow", async (CancellationToken ct) => await Task.Delay(Timeout.Infinite, ct));
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        _deliveries.Add(new Delivery(
            request.Headers["TagSegments-Delivery"].ToString(), request.Headers["TagSegments-Signature"].ToString(), body.ToArray()));
        var number = _deliveries.Count;
        Begin();
        await Wait();
        Interlocked.Decrement(ref _atOnce);
        return Answer(number);
    }

    private void Begin()
    {
        lock (_lock)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _atOnce));
        }
    }
}
