using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TagSegments.Campaigns.Tests.Delivery;

/// <summary>A provider of text messages over HTTP that can be told to misbehave.</summary>
internal sealed class SmsProvider : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SmsProvider(WebApplication app) => _app = app;

    /// <summary>The requests that were posted, in order.</summary>
    public ConcurrentQueue<SmsPost> Posts { get; } = new();

    /// <summary>Answers a post, from 1, with a status; may wait first.</summary>
    public Func<int, Task<int>> Answer { get; set; } = _ => Task.FromResult(202);

    public string Url => $"{_app.Urls.Single()}/messages";

    public static async Task<SmsProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new SmsProvider(app);
        app.MapPost("/messages", async context => context.Response.StatusCode = await provider.HandleAsync(context.Request));
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<int> HandleAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        Posts.Enqueue(new SmsPost(
            await reader.ReadToEndAsync(), request.Headers["X-Timestamp"]!, request.Headers["X-Signature"]!, request.Headers["Idempotency-Key"]!));
        return await Answer(Posts.Count);
    }
}

/// <summary>One post to the provider.</summary>
internal sealed record SmsPost(string Body, string Timestamp, string Signature, string IdempotencyKey);
