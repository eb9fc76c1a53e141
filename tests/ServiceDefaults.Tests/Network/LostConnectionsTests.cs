using System.Net;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>A call whose connection was lost is unavailable and no defect.</summary>
public sealed class LostConnectionsTests
{
    // 0: the server ended the connection. 1: a ping was not answered.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_lost_connection_is_a_broken_one(long code)
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(code));

        Assert.IsType<IOException>(failure.InnerException);
    }

    // INTERNAL_ERROR, ENHANCE_YOUR_CALM.
    [Theory]
    [InlineData(2)]
    [InlineData(11)]
    public async Task Other_errors_stay_what_they_are(long code)
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(code));

        Assert.IsType<HttpProtocolException>(failure.InnerException);
    }

    private static async Task SendAsync(long code)
    {
        using var http = new HttpClient(new LostConnections { InnerHandler = new Failing(code) });
        await http.GetAsync(new Uri("http://localhost/"));
    }

    private sealed class Failing(long code) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("An error occurred.", new HttpProtocolException(code, "The server closed the connection.", null));
    }
}
