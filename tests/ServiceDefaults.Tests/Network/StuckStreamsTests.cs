using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>A stream that Kestrel has left marked as one that is about to be written answers its next call.</summary>
public sealed class StuckStreamsTests
{
    private const int Calls = 20;

    [Fact]
    public async Task Every_call_on_a_stuck_stream_is_answered() => Assert.Equal(Calls, await AnswersAsync(app => app.UseUnstuckStreams(), TimeSpan.FromSeconds(30)));

    // If this fails, Kestrel is mended, and StuckStreams may go.
    [Fact]
    public async Task Without_that_a_call_hangs() => Assert.InRange(await AnswersAsync(_ => { }, TimeSpan.FromSeconds(2)), 1, Calls - 1);

    // The calls that are answered, one after the other on one connection, until one is not.
    private static async Task<int> AnswersAsync(Action<WebApplication> use, TimeSpan patience)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        await using var app = builder.Build();
        use(app);
        Task marked = Task.CompletedTask;
        app.MapGet("/", (HttpContext context) =>
        {
            marked = MarkAsync(StuckStreams.OutputOf(context.Features)!);
            return "answer";
        });
        await app.StartAsync();
        using var http = new HttpClient
        {
            BaseAddress = new Uri(app.Urls.First()),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = patience,
        };
        for (var i = 0; i < Calls; i++)
        {
            try
            {
                await http.GetStringAsync(new Uri("/", UriKind.Relative));
                await marked;
            }
            catch (TaskCanceledException)
            {
                return i;
            }
        }

        return Calls;
    }

    // As a client does that makes room for more at the moment at which an answer is complete.
    private static async Task MarkAsync(object output)
    {
        var completed = output.GetType().GetProperty("CompletedResponse")!;
        while (completed.GetValue(output) is not true)
        {
            await Task.Delay(1);
        }

        StuckStreams.Mark(output);
    }
}
